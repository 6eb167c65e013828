import { useLayoutEffect, useReducer } from "react";
import { type GridActions, nextFree } from "./gridActions";
import { isMarked } from "./layout";
import { isAllDay, type Line, linesOf } from "./lines";
import { memo } from "./memo";
import type { Schedule } from "./schedule";
import * as texts from "./texts";
import type { Words } from "./words";

/** The most lines of a cell. The others are in the day of the person. */
const MAX_LINES = 12;

export type CellActions = Pick<GridActions, "open" | "openClosure" | "create">;

interface WeekCellProps {
  schedule: Schedule;
  words: Words;
  /** The key of the column. Its content is read from the schedule. */
  at: string;
  /** The address of the person's day. */
  dayAddress: string;
  actions: CellActions;
  canWrite: boolean;
  /**
   * Whether the Tab key stops at this cell, at its button for a new booking. It stops only once in
   * the table.
   */
  hasTabStop: boolean;
}

/** One person's day as lines in the order of time, which is drawn again when the day changes. */
export const WeekCell = memo(function WeekCell(props: WeekCellProps) {
  const { schedule, words, at, dayAddress, actions, canWrite, hasTabStop } = props;
  const [, redraw] = useReducer((count: number, _: undefined) => count + 1, 0);
  // This is a layout effect because it runs as soon as the component is drawn. Other effects run up
  // to a frame later, and a change before them would not be drawn.
  useLayoutEffect(() => schedule.on(at, () => redraw(undefined)), [schedule, at]);
  const column = schedule.column(at);
  if (!column) return <td class="cal-week-cell is-closed" />;
  const lines = linesOf(schedule, words, [column]);
  const shown = lines.length > MAX_LINES ? lines.slice(0, MAX_LINES - 1) : lines;
  const name = texts.dayOf(column.name, words.times.longDay(column.day));
  const begin = () => {
    if (canWrite) actions.create(column, nextFree(schedule, words, column), null);
  };
  return (
    <td class={`cal-week-cell${column.open.length ? "" : " is-closed"}`} data-cell={at}>
      {column.degraded.includes("unknown") && <p class="cal-week-unknown">{texts.unknown}</p>}
      {shown.length > 0 && (
        <ul aria-label={name}>
          {shown.map((line) => (
            <li key={line.key}>
              <LineView
                line={line}
                words={words}
                isPending={line.kind === "block" && schedule.isPending(line.block.id)}
                actions={actions}
              />
            </li>
          ))}
          {shown.length < lines.length && (
            <li>
              <a class="cal-week-more" href={dayAddress} tabIndex={-1}>
                {texts.more(lines.length - shown.length)}
              </a>
            </li>
          )}
        </ul>
      )}
      <button
        type="button"
        class="cal-week-add"
        aria-label={`${texts.newBooking}: ${name}`}
        aria-disabled={!canWrite}
        tabIndex={hasTabStop ? 0 : -1}
        onClick={begin}
      >
        <span aria-hidden="true">+</span>
      </button>
    </td>
  );
});

interface LineProps {
  line: Line;
  words: Words;
  isPending: boolean;
  actions: CellActions;
}

function LineView({ line, words, isPending, actions }: LineProps) {
  const { column } = line;
  const time = <LineTime line={line} words={words} />;
  if (line.kind === "busy") {
    const title = texts.busyWith(line.busy.title);
    return (
      <p class="cal-week-line is-elsewhere" title={title}>
        {time} <bdi class="cal-week-title">{title}</bdi>
      </p>
    );
  }
  if (line.kind === "closure") {
    const { id, reason } = line.closure;
    const title = texts.closedBecause(reason);
    return (
      <button
        type="button"
        class="cal-week-line is-closure"
        tabIndex={-1}
        title={title}
        onClick={() => actions.openClosure(id, column)}
      >
        {time} <bdi class="cal-week-title">{title}</bdi>
      </button>
    );
  }
  const { block } = line;
  const [entry] = block.entries;
  const status = block.isClass ? "" : words.status(entry);
  const title = words.blockTitle(block, column.time_zone);
  const about = [title, words.blockDetail(block), status].filter(Boolean);
  const classes = ["cal-week-line", `is-${entry.kind}`, `hue-${(entry.service_id ?? 0) % 8}`];
  if (isMarked(entry)) classes.push(`is-${entry.status}`);
  if (isPending) classes.push("is-changing");
  return (
    <button
      type="button"
      class={classes.join(" ")}
      data-id={block.id}
      tabIndex={-1}
      title={[words.span(block.starts, block.ends, column.time_zone), ...about].join("\n")}
      onClick={() => actions.open(block, column)}
    >
      {time} <bdi class="cal-week-title">{title}</bdi>
      <span class="visually-hidden">{about.slice(1).map((each) => `, ${each}`)}</span>
    </button>
  );
}

/**
 * The start of a line, written as briefly as the cell needs it. Screen readers read the whole time.
 */
function LineTime({ line, words }: { line: Line; words: Words }) {
  const zone = line.column.time_zone;
  if (isAllDay(line)) return <span class="visually-hidden">{texts.allDay}</span>;
  return (
    <>
      <bdi class="cal-week-time" aria-hidden="true">
        {words.times.shortTime(line.starts, zone)}
      </bdi>
      <bdi class="visually-hidden">{words.span(line.starts, line.ends, zone)}</bdi>
    </>
  );
}
