import { useLayoutEffect, useReducer, useRef } from "react";
import { type Block, isMarked } from "./layout";
import { isAllDay, type Line, linesOf } from "./lines";
import { keyOfColumn, type Schedule } from "./schedule";
import * as texts from "./texts";
import { dayIn } from "./time";
import type { Column } from "./wire";
import type { Words } from "./words";

interface DayListProps {
  schedule: Schedule;
  words: Words;
  columns: readonly Column[];
  /** Whether each line names its resource. */
  withNames: boolean;
  onOpen(block: Block, column: Column): void;
  onOpenClosure(id: number, column: Column): void;
}

/**
 * A list of everything in these columns, by day and time, for phones and for printing. Each entry
 * is a big button, so that a finger can hit it easily.
 */
export function DayList({ columns, ...props }: DayListProps) {
  const days = [...new Set(columns.map((column) => column.day))];
  const list = useRef<HTMLDivElement>(null);
  const { words } = props;
  useLayoutEffect(() => {
    const today = list.current?.querySelector(`[data-day="${dayIn(words.now(), words.zone)}"]`);
    if (today?.previousElementSibling) today.scrollIntoView();
  }, [words]);
  return (
    <div class="cal-list" ref={list}>
      {days.map((day) => (
        <DayLines
          key={day}
          {...props}
          day={day}
          columns={columns.filter((column) => column.day === day)}
          isAlone={days.length === 1}
        />
      ))}
    </div>
  );
}

/** The lines of one day, which are drawn again when one of its columns changes. */
function DayLines(props: DayListProps & { day: string; isAlone: boolean }) {
  const { schedule, words, columns, day, isAlone, ...each } = props;
  const [, redraw] = useReducer((count: number, _: undefined) => count + 1, 0);
  const keys = columns.map(keyOfColumn).join(" ");
  useLayoutEffect(() => {
    const stops = keys.split(" ").map((key) => schedule.on(key, () => redraw(undefined)));
    return () => {
      for (const stop of stops) stop();
    };
  }, [schedule, keys]);
  const now = columns.map((column) => schedule.column(keyOfColumn(column)) ?? column);
  const lines = linesOf(schedule, words, now);
  return (
    <section aria-label={words.times.longDay(day)} data-day={day}>
      {!isAlone && <h2>{words.times.longDay(day)}</h2>}
      {lines.length === 0 && <p class="quiet">{texts.nothingOnDay}</p>}
      <ul>
        {lines.map((line) => (
          <li key={line.key}>
            <LineView line={line} words={words} {...each} />
          </li>
        ))}
      </ul>
    </section>
  );
}

interface LineProps {
  line: Line;
  words: Words;
  withNames: boolean;
  onOpen(block: Block, column: Column): void;
  onOpenClosure(id: number, column: Column): void;
}

function LineView(props: LineProps) {
  const { line, words, withNames, onOpenClosure } = props;
  const { column } = line;
  if (line.kind === "block") return <BlockLine {...props} line={line} />;
  if (line.kind === "busy") {
    const { title, calendar } = line.busy;
    // A busy time of another calendar. It can't be changed here.
    return (
      <p class="cal-line is-elsewhere">
        <LineTime line={line} words={words} />
        <span class="cal-line-what">
          <bdi class="cal-line-title">{texts.busyWith(title)}</bdi>
          <About parts={[calendar, withNames ? column.name : ""]} />
        </span>
      </p>
    );
  }
  const { id, reason, is_of_business } = line.closure;
  const whose = is_of_business ? texts.wholeBusiness : column.name;
  return (
    <button type="button" class="cal-line is-closure" onClick={() => onOpenClosure(id, column)}>
      <LineTime line={line} words={words} />
      <span class="cal-line-what">
        <bdi class="cal-line-title">{texts.closedBecause(reason)}</bdi>
        <About parts={[withNames || is_of_business ? whose : ""]} />
      </span>
    </button>
  );
}

function BlockLine({ line, words, withNames, onOpen }: LineProps & { line: { block: Block } }) {
  const { block, column } = line;
  const [entry] = block.entries;
  const isNow = block.starts <= words.now() && words.now() < block.ends;
  const status = block.isClass ? "" : words.status(entry);
  return (
    <button
      type="button"
      class={`cal-line is-${entry.kind} hue-${(entry.service_id ?? 0) % 8}${isNow ? " is-now" : ""}${isMarked(entry) ? ` is-${entry.status}` : ""}`}
      onClick={() => onOpen(block, column)}
    >
      <LineTime line={line} words={words} />
      <span class="cal-line-what">
        <bdi class="cal-line-title">{words.blockTitle(block, column.time_zone)}</bdi>
        <About parts={[words.blockDetail(block), withNames ? column.name : "", status]} />
        {!block.isClass && entry.notes && <bdi class="cal-line-notes">{entry.notes}</bdi>}
      </span>
    </button>
  );
}

function LineTime({ line, words }: { line: Line; words: Words }) {
  const { starts, ends, column } = line;
  if (isAllDay(line)) return <strong class="cal-line-time">{texts.allDay}</strong>;
  return (
    <span class="cal-line-time">
      <strong>{words.times.time(starts, column.time_zone)}</strong>{" "}
      <span class="quiet">{texts.to(words.times.time(ends, column.time_zone))}</span>
    </span>
  );
}

function About({ parts }: { parts: readonly string[] }) {
  return (
    <span class="quiet">
      {parts.filter(Boolean).map((each, index) => (
        <span key={each}>
          {index > 0 && " · "}
          <bdi>{each}</bdi>
        </span>
      ))}
    </span>
  );
}
