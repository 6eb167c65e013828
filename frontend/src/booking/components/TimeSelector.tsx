import type { ComponentChildren } from "preact";
import { useRef, useState } from "react";
import type { FeedStatus } from "../../feed/feed";
import { hasTwelveHours, shortDay, time } from "../format/format";
import { dayShift } from "../format/zones";
import { useSlotKeys } from "../hooks/useSlotKeys";
import type { Zones } from "../hooks/useZones";
import { isGone, type Part, partsOfDay, type ShownSlot } from "../offer/slots";
import { fill, plural, texts } from "../texts";
import { Icon } from "./Icon";
import { ZoneButton } from "./ZoneButton";

interface TimeSelectorProps {
  status: FeedStatus;
  /** The slots, or null while they are unknown. */
  slots: ShownSlot[] | null;
  day: string | null;
  heading: string;
  /** The name of who serves; undefined if anyone may serve. */
  who: string | undefined;
  zones: Zones;
  /** How many people can book the same time, over all who serve at it. */
  seats: number;
  pendingStart: string | null;
  /** A button that opens the next free time, if this day has none. */
  nextFreeButton: ComponentChildren;
  /** The button for the next step, which is beside the chosen time where there is room. */
  nextStep: ComponentChildren;
  onChoose(startsAt: string): void;
}

const CHOOSABLE = ["free", "mine", "elsewhere"];

/** The times of a day, each in its present state. The Tab key stops at one of them only. */
export function TimeSelector(props: TimeSelectorProps) {
  const { status, slots, day, heading, zones, nextFreeButton, onChoose } = props;
  const lastKnown = useRef({ day, slots });
  if (slots || lastKnown.current.day !== day) lastKnown.current = { day, slots };
  const remembered = lastKnown.current.slots;
  const folded = useBookedAtFirst(day, remembered);
  const keys = useSlotKeys(remembered ?? []);

  /** Returns the word beside a time: its state, or how many seats are left if it is free. */
  const word = ({ state, seatsLeft }: ShownSlot) => {
    if (state !== "free") return texts.slotWords[state];
    if (props.seats === 1 || seatsLeft === null) return "";
    return seatsLeft === 1
      ? texts.lastSeat
      : fill(texts.seatsLeft, { left: seatsLeft, all: props.seats });
  };
  const wordAndDay = (slot: ShownSlot) =>
    [word(slot), day && dayShift(slot.startsAt, zones.shown, day)].filter(Boolean).join(" · ");

  const slotButton = (slot: ShownSlot) => {
    const state = slots ? slot.state : "unknown";
    return (
      <div key={slot.startsAt} class="slot-cell">
        <button
          type="button"
          class="slot"
          data-slot={slot.time}
          data-state={state}
          aria-pressed={state === "mine"}
          aria-disabled={!CHOOSABLE.includes(state)}
          aria-busy={props.pendingStart === slot.startsAt}
          title={state === "held" ? texts.heldHint : undefined}
          tabIndex={slot.startsAt === keys.tabStop ? 0 : -1}
          onFocus={() => keys.focused(slot.startsAt)}
          onClick={() => slots && onChoose(slot.startsAt)}
        >
          <span class="slot-time">
            {state === "mine" && <Icon name="tick" />}
            {state === "pending" && <Icon name="lock" />}
            {time(slot.startsAt, zones.shown)}
          </span>{" "}
          {state === "free" && <span class="visually-hidden">{texts.slotWords.free} </span>}
          <span class="slot-word">{slots ? wordAndDay(slot) : texts.slotWords.unknown}</span>
        </button>
        {state === "mine" && props.nextStep}
      </div>
    );
  };

  return (
    <section
      class="times"
      aria-label={[heading, props.who].filter(Boolean).join(", ")}
      onKeyDown={keys.move}
    >
      <div class="times-head">
        <h3>{heading}</h3>
        <span
          class="connection"
          data-testid="connection"
          data-status={status}
          role="img"
          aria-label={texts.connection[status]}
          title={texts.connection[status]}
        />
        {status === "unknown" && <p class="quiet">{texts.timesUnknown}</p>}
        <ZoneButton zones={zones} />
      </div>
      <div class="times-list" data-hours={hasTwelveHours() ? 12 : 24}>
        {remembered?.every(isGone) && (
          <div class="no-times">
            <p>{texts.nothingFreeThatDay}</p>
            {nextFreeButton}
          </div>
        )}
        {remembered ? (
          partsOfDay(remembered, zones.shown).map((part) => (
            <PartOfDay
              key={`${day} ${part.day} ${part.name}`}
              part={part}
              shownDay={part.day === day ? "" : shortDay(part.day)}
              isKnown={slots !== null}
              folded={folded}
              slotButton={slotButton}
            />
          ))
        ) : (
          <div class="slots waiting">
            {[1, 2, 3, 4, 5, 6, 7, 8].map((blank) => (
              <i key={blank} class="blank" />
            ))}
          </div>
        )}
      </div>
    </section>
  );
}

interface PartOfDayProps {
  part: Part<ShownSlot>;
  /** The date of these times, if it isn't that of the heading. */
  shownDay: string;
  isKnown: boolean;
  folded: ReadonlySet<string>;
  slotButton(slot: ShownSlot): ComponentChildren;
}

/**
 * The times of a morning, afternoon or evening. Times that were booked when the day was opened are
 * folded. A time that is booked later stays where it is, and a time that becomes free is added
 * after the others, so that no time moves under the pointer.
 */
function PartOfDay({ part, shownDay, isKnown, folded, slotButton }: PartOfDayProps) {
  const { name, slots } = part;
  const [isOpen, setOpen] = useState(false);
  const booked = slots.filter((slot) => folded.has(slot.startsAt) && isGone(slot));
  const freed = slots.filter((slot) => folded.has(slot.startsAt) && !isGone(slot));
  const free = slots.filter(({ state }) => state === "free" || state === "mine").length;
  const title = [shownDay, texts.partsOfDay[name]].filter(Boolean).join(" · ");
  return (
    <section aria-label={title}>
      <h4>
        {title}
        {isKnown && <span> · {plural(texts.freeTimes, free)}</span>}
      </h4>
      <div class="slots">
        {[...slots.filter(({ startsAt }) => !folded.has(startsAt)), ...freed].map(slotButton)}
      </div>
      {booked.length > 0 && (
        <>
          <button
            type="button"
            class="fold"
            data-testid="booked"
            aria-expanded={isOpen}
            onClick={() => setOpen(!isOpen)}
          >
            {plural(texts.booked, booked.length)}
            <Icon name="on" />
          </button>
          <div class="slots" hidden={!isOpen}>
            {booked.map(slotButton)}
          </div>
        </>
      )}
    </section>
  );
}

/** Returns the starts of a day that were booked when its times were first known. */
function useBookedAtFirst(day: string | null, slots: ShownSlot[] | null): ReadonlySet<string> {
  const found = useRef<{ day: string | null; starts: Set<string> | null }>({ day, starts: null });
  if (found.current.day !== day) found.current = { day, starts: null };
  if (slots && !found.current.starts) {
    const booked = slots.filter(({ state }) => state === "taken");
    found.current.starts = new Set(booked.map(({ startsAt }) => startsAt));
  }
  return found.current.starts ?? new Set();
}
