import { useEffect, useLayoutEffect, useReducer, useState } from "react";
import { blocksOf, isMarked, type Placed, place } from "./layout";
import { memo } from "./memo";
import type { Schedule } from "./schedule";
import * as texts from "./texts";
import { lengthOf, MINUTE, minutesOf } from "./time";
import type { BusyTime, Closure, Column as ColumnData, Entry } from "./wire";
import type { Words } from "./words";

/** A block of fewer minutes has one line. */
const ONE_LINE = 30;
/** A block of fewer minutes has two lines. */
const TWO_LINES = 45;
const HUES = 8;

export interface ColumnProps {
  schedule: Schedule;
  words: Words;
  /** The key of the column. Its content is read from the schedule. */
  at: string;
  name: string;
  /**
   * The block at which the Tab key stops, if it is in this column. There is only one in the
   * calendar.
   */
  tabStop: string | null;
  /** The time zone of the hours that are written beside the columns. */
  zone: string;
}

/** A column: one resource's day as a list of what is on it. It is drawn again when that changes. */
export const Column = memo(function Column(props: ColumnProps) {
  const { schedule, words, at, name, tabStop, zone } = props;
  const [, redraw] = useReducer((count: number, _: undefined) => count + 1, 0);
  // This is a layout effect because it runs as soon as the component is drawn. Other effects run up
  // to a frame later, and a change before them would not be drawn.
  useLayoutEffect(() => schedule.on(at, () => redraw(undefined)), [schedule, at]);
  const column = schedule.column(at);
  if (!column) return null;
  const placed = place(blocksOf(schedule.entries(at), words.capacityOf));
  const isUnknown = column.degraded.includes("unknown");
  return (
    <ul
      class={`cal-column${isUnknown ? " is-unknown" : ""}`}
      data-key={at}
      aria-label={texts.bookingsOf(name)}
      style={{ "--length": lengthOf(column) }}
    >
      {isUnknown && (
        <li>
          <p class="cal-unknown">{texts.unknown}</p>
        </li>
      )}
      {closedSpans(column).map(([from, until]) => (
        <li key={`closed ${from}`} aria-hidden="true">
          <div class="cal-closed" style={{ "--from": from, "--until": until }} />
        </li>
      ))}
      {column.closures.map((closure) => (
        <ClosureBlock key={`closure ${closure.id}`} closure={closure} column={column} />
      ))}
      {column.busy_times.map((busy) => (
        <BusyTimeBlock key={`busy ${busy.id}`} busy={busy} column={column} words={words} />
      ))}
      {column.time_zone !== zone && <OwnHours column={column} words={words} />}
      {placed.map((each) => (
        <BlockView
          key={each.block.id}
          placed={each}
          column={column}
          words={words}
          isPending={schedule.isPending(each.block.id)}
          isTabStop={tabStop === each.block.id}
        />
      ))}
      <NowLine column={column} now={words.now} />
    </ul>
  );
});

function ClosureBlock({ closure, column }: { closure: Closure; column: ColumnData }) {
  const from = Math.max(0, minutesOf(column, closure.starts_at));
  const until = Math.min(lengthOf(column), minutesOf(column, closure.ends_at));
  return (
    <li>
      <button
        type="button"
        class="cal-closure"
        tabIndex={-1}
        data-closure={closure.id}
        style={{ "--from": from, "--until": until }}
      >
        <bdi>{texts.closedBecause(closure.reason)}</bdi>
      </button>
    </li>
  );
}

/** A busy time of another calendar. It can only be changed there, so it can't be dragged. */
function BusyTimeBlock(props: { busy: BusyTime; column: ColumnData; words: Words }) {
  const { busy, column, words } = props;
  const from = Math.max(0, minutesOf(column, busy.starts_at));
  const until = Math.min(lengthOf(column), minutesOf(column, busy.ends_at));
  return (
    <li>
      <p class="cal-elsewhere" data-busy={busy.id} style={{ "--from": from, "--until": until }}>
        <bdi>{texts.busyWith(busy.title)}</bdi>
        <span class="visually-hidden">
          {", "}
          {words.times.longSpan(busy.starts_at, busy.ends_at, column.time_zone)}
        </span>
        {busy.calendar && <bdi class="cal-calendar"> {busy.calendar}</bdi>}
      </p>
    </li>
  );
}

/** The hours of a column whose time zone differs from that of the hours beside the columns. */
function OwnHours({ column, words }: { column: ColumnData; words: Words }) {
  const hours = Array.from({ length: Math.ceil(lengthOf(column) / 60) }, (_, hour) => hour);
  const starts = Date.parse(column.starts_at);
  return (
    <li aria-hidden="true">
      {hours.map((hour) => (
        <span key={hour} class="cal-own-hour" style={{ "--from": hour * 60 }}>
          {words.times.hour(starts + hour * 60 * MINUTE, column.time_zone)}
        </span>
      ))}
    </li>
  );
}

interface BlockProps {
  placed: Placed;
  column: ColumnData;
  words: Words;
  isPending: boolean;
  isTabStop: boolean;
}

function BlockView({ placed: { block, lane, lanes }, column, words, ...props }: BlockProps) {
  const [entry] = block.entries;
  const zone = column.time_zone;
  const from = Math.max(0, minutesOf(column, entry.starts_at));
  const ends = (block.ends - Date.parse(column.starts_at)) / MINUTE;
  const until = Math.min(lengthOf(column), ends);
  const detail = words.blockDetail(block);
  const status = block.isClass ? "" : words.status(entry);
  const canDrag = isDraggable(block.entries, block.isClass);
  return (
    <li>
      {!block.isClass && <Buffers entry={entry} column={column} lane={lane} lanes={lanes} />}
      <button
        type="button"
        class={classesOf(entry, block.isClass, until - from, props.isPending)}
        data-id={block.id}
        data-kind={entry.kind}
        tabIndex={props.isTabStop ? 0 : -1}
        aria-describedby="calendar-help"
        style={{ "--from": from, "--until": until, "--lane": lane, "--lanes": lanes }}
      >
        {until - from < ONE_LINE ? (
          <>
            <bdi class="cal-time" aria-hidden="true">
              {words.times.shortTime(block.starts, zone)}
            </bdi>
            <bdi class="visually-hidden">{words.span(block.starts, block.ends, zone)}</bdi>
          </>
        ) : (
          <bdi class="cal-time">{words.span(block.starts, block.ends, zone)}</bdi>
        )}
        <bdi class="cal-title">{words.blockTitle(block, zone)}</bdi>
        {detail && <bdi class="cal-detail">{detail}</bdi>}
        {status && <span class="cal-status">{status}</span>}
        {canDrag && <span data-grip="" class="cal-grip" aria-hidden="true" />}
      </button>
    </li>
  );
}

export const isDraggable = ([entry, ...others]: readonly Entry[], isClass: boolean): boolean =>
  entry?.kind === "booking" &&
  (entry.status === "confirmed" || entry.status === "requested") &&
  // All seats of a class have the same time, so a class with several can't be dragged.
  !(isClass && others.length > 0);

function classesOf(entry: Entry, isClass: boolean, minutes: number, isPending: boolean): string {
  const classes = ["cal-block", `is-${entry.kind}`, `hue-${(entry.service_id ?? 0) % HUES}`];
  if (isMarked(entry)) classes.push(`is-${entry.status}`);
  if (isClass) classes.push("is-class");
  if (minutes < ONE_LINE) classes.push("is-short");
  else if (minutes < TWO_LINES) classes.push("is-medium");
  if (isPending) classes.push("is-changing");
  return classes.join(" ");
}

interface BuffersProps {
  entry: Entry;
  column: ColumnData;
  lane: number;
  lanes: number;
}

/** The buffers before and after a booking. */
function Buffers({ entry, column, lane, lanes }: BuffersProps) {
  const edges: [string, string][] = [
    [entry.busy_from, entry.starts_at],
    [entry.ends_at, entry.busy_until],
  ];
  return (
    <>
      {edges
        .map(([from, until]) => [minutesOf(column, from), minutesOf(column, until)] as const)
        .filter(([from, until]) => until > from)
        .map(([from, until]) => (
          <div
            key={from}
            class="cal-buffer"
            aria-hidden="true"
            style={{
              "--from": Math.max(0, from),
              "--until": Math.min(lengthOf(column), until),
              "--lane": lane,
              "--lanes": lanes,
            }}
          />
        ))}
    </>
  );
}

function NowLine({ column, now }: { column: ColumnData; now: () => number }) {
  const [instant, setInstant] = useState(now);
  const minutes = (instant - Date.parse(column.starts_at)) / MINUTE;
  const isToday = minutes >= 0 && minutes < lengthOf(column);
  useEffect(() => {
    const timer = setInterval(() => setInstant(now()), 30_000);
    return () => clearInterval(timer);
  }, [now]);
  if (!isToday) return null;
  return (
    <li aria-hidden="true">
      <div class="cal-now" style={{ "--from": minutes }} />
    </li>
  );
}

/** Returns the times of a column that are not open, in minutes. */
function closedSpans(column: ColumnData): [number, number][] {
  const spans: [number, number][] = [];
  let from = 0;
  for (const [opens, closes] of column.open) {
    const start = minutesOf(column, opens);
    if (start > from) spans.push([from, start]);
    from = minutesOf(column, closes);
  }
  if (from < lengthOf(column)) spans.push([from, lengthOf(column)]);
  return spans;
}
