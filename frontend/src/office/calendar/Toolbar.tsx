import { useReducer, useState } from "react";
import { Menu } from "./Menu";
import { choose, isChosen, type Notice } from "./notices";
import type { Shown, View } from "./shown";
import type { Connection } from "./stream";
import * as texts from "./texts";
import { addDays, dayIn, TimeWriter } from "./time";
import { WhoMenu } from "./WhoMenu";
import type { Calendar } from "./wire";

interface ToolbarProps {
  shown: Shown;
  calendar: Calendar | null;
  connection: Connection;
  canWrite: boolean;
  onShow(next: Partial<Shown>): void;
  onNew?: () => void;
  onPrint?: () => void;
}

const VIEWS: readonly View[] = ["day", "week", "list"];

/**
 * The bar above the calendar: it chooses the days, the people and the view, and begins new entries.
 */
export function Toolbar(props: ToolbarProps) {
  const { shown, calendar, connection, canWrite, onShow, onNew, onPrint } = props;
  const by = shown.view === "week" ? 7 : 1;
  const zone = calendar?.time_zone;
  return (
    <header class="cal-bar">
      <div class="cal-days">
        <button
          type="button"
          class="secondary"
          onClick={() => onShow({ day: dayIn(Date.now(), zone ?? "UTC") })}
        >
          {texts.today}
        </button>
        <button
          type="button"
          class="quiet-button cal-arrow"
          aria-label={texts.previous}
          onClick={() => onShow({ day: addDays(shown.day, -by) })}
        >
          <span aria-hidden="true" class="cal-chevron is-back" />
        </button>
        <button
          type="button"
          class="quiet-button cal-arrow"
          aria-label={texts.next}
          onClick={() => onShow({ day: addDays(shown.day, by) })}
        >
          <span aria-hidden="true" class="cal-chevron" />
        </button>
        <label class="cal-date">
          <span class="visually-hidden">{texts.goToDay}</span>
          <strong aria-hidden="true">{titleOf(shown)}</strong>
          <input
            type="date"
            value={shown.day}
            onChange={(event) => {
              const day = event.currentTarget.value;
              if (day) onShow({ day });
            }}
          />
        </label>
      </div>
      <div class="cal-choices">
        <ConnectionDot connection={connection} />
        {calendar && calendar.resources.length > 1 && (
          <WhoMenu
            resources={calendar.resources}
            chosen={shown.resources}
            onChoose={(resources) => onShow({ resources })}
          />
        )}
        <fieldset class="cal-views">
          <legend class="visually-hidden">{texts.view}</legend>
          {VIEWS.map((view) => (
            <label key={view}>
              <input
                type="radio"
                name="view"
                checked={view === shown.view}
                onChange={() => onShow({ view })}
              />
              <span>{texts.views[view]}</span>
            </label>
          ))}
        </fieldset>
        {onPrint && <More onPrint={onPrint} />}
        {canWrite && onNew && (
          <button type="button" class="primary cal-new" onClick={onNew}>
            {texts.newBooking}
          </button>
        )}
      </div>
    </header>
  );
}

function titleOf({ day, view }: Shown): string {
  const times = new TimeWriter(document.documentElement.lang || "en");
  return view === "week" ? times.week(day) : times.title(day);
}

/** The menu for printing, and for notifications or a sound at new bookings in this browser. */
function More({ onPrint }: { onPrint(): void }) {
  const [, redraw] = useReducer((count: number, _: undefined) => count + 1, 0);
  const [problem, setProblem] = useState("");
  const change = async (notice: Notice, isWanted: boolean) => {
    const isNow = await choose(notice, isWanted);
    setProblem(isWanted && !isNow ? texts.notAllowed : "");
    redraw(undefined);
  };
  const all: [Notice, string][] = [
    ["notification", texts.notifyMe],
    ["sound", texts.playSound],
  ];
  return (
    <Menu name={texts.others} isQuiet>
      <fieldset>
        <legend>{texts.noticeOfBookings}</legend>
        {all.map(([notice, label]) => (
          <label key={notice}>
            <input
              type="checkbox"
              checked={isChosen(notice)}
              onChange={(event) => void change(notice, event.currentTarget.checked)}
            />
            {label}
          </label>
        ))}
        <p role="status">{problem}</p>
        <button type="button" class="secondary" onClick={onPrint}>
          {texts.print}
        </button>
      </fieldset>
    </Menu>
  );
}

/** The state of the connection: a dot while it is live, and else a word. */
function ConnectionDot({ connection }: { connection: Connection }) {
  return (
    <p class={`cal-connection is-${connection}`} role="status">
      <span class={connection === "live" ? "visually-hidden" : ""}>
        {texts.connection[connection]}
      </span>
    </p>
  );
}
