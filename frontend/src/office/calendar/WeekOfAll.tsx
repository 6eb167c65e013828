import { useMemo, useRef, useState } from "react";
import { addressOf } from "../shell/router";
import type { GridActions } from "./gridActions";
import { keyOf, keyOfColumn, type Schedule } from "./schedule";
import { pathOf, type Shown } from "./shown";
import * as texts from "./texts";
import { dayIn } from "./time";
import { usePainted } from "./usePainted";
import { type CellActions, WeekCell } from "./WeekCell";
import { walk } from "./walk";
import type { Column } from "./wire";
import type { Words } from "./words";

/** How many rows are drawn first. The others are drawn when these have been painted. */
const FIRST_ROWS = 5;

interface WeekOfAllProps {
  schedule: Schedule;
  words: Words;
  columns: readonly Column[];
  shown: Shown;
  actions: GridActions;
  canWrite: boolean;
}

/**
 * The week of several people as a table: a row for each person, a column for each day, and in each
 * cell the entries by time. The names are links to the week of one person, the dates to the day of
 * all.
 */
export function WeekOfAll(props: WeekOfAllProps) {
  const { schedule, words, columns, shown, canWrite } = props;
  const actions = useSteady(props.actions);
  const [tab, setTab] = useState("");
  const table = useRef<HTMLTableElement>(null);
  const days = useMemo(() => [...new Set(columns.map((column) => column.day))], [columns]);
  const people = new Map(columns.map((column) => [column.resource_id, column]));
  const known = new Set(columns.map(keyOfColumn));
  const isPainted = usePainted();
  const rows = [...people].slice(0, isPainted ? people.size : FIRST_ROWS);
  const today = dayIn(words.now(), words.zone);
  // The Tab key stops once in the table: where the focus was last, or at first at the first day.
  const isKnown = known.has(tab) || days.includes(tab) || people.has(Number(tab));
  const stop = isKnown ? tab : (days[0] ?? "");
  const link = (next: Partial<Shown>) => addressOf(pathOf({ ...shown, ...next }, false));

  return (
    <section class="cal-week" aria-label={texts.calendar}>
      <p id="calendar-help" class="visually-hidden">
        {texts.weekHelp}
      </p>
      <table
        ref={table}
        aria-describedby="calendar-help"
        style={{ "--days": days.length }}
        onKeyDown={(event) => walk(event, table.current)}
        onFocusIn={(event) => {
          const at = (event.target as HTMLElement).closest<HTMLElement>("[data-cell]");
          const name = at?.dataset.cell;
          if (name !== undefined && name !== tab) setTab(name);
        }}
      >
        <thead>
          <tr>
            <td class="cal-week-corner" />
            {days.map((day) => (
              <th key={day} scope="col" data-cell={day} class={day === today ? "is-today" : ""}>
                <a href={link({ view: "day", day })} tabIndex={stop === day ? 0 : -1}>
                  {words.times.shortDay(day)}
                </a>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(([id, { name }]) => (
            <tr key={id}>
              <th scope="row" data-cell={id}>
                <a href={link({ resources: [id] })} tabIndex={stop === String(id) ? 0 : -1}>
                  <bdi>{name}</bdi>
                </a>
              </th>
              {days.map((day) => {
                const key = keyOf(id, day);
                if (!known.has(key)) return <td key={day} class="cal-week-cell is-closed" />;
                return (
                  <WeekCell
                    key={day}
                    schedule={schedule}
                    words={words}
                    at={key}
                    dayAddress={link({ view: "day", day, resources: [id] })}
                    actions={actions}
                    canWrite={canWrite}
                    hasTabStop={stop === key}
                  />
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

/** Returns the same object at every drawing, so that a cell is drawn again only when it changes. */
function useSteady(actions: GridActions): CellActions {
  const latest = useRef(actions);
  latest.current = actions;
  return useMemo(
    () => ({
      open: (block, column) => latest.current.open(block, column),
      openClosure: (id, column) => latest.current.openClosure(id, column),
      create: (column, from, until) => latest.current.create(column, from, until),
    }),
    [],
  );
}
