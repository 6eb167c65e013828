import { useEffect, useReducer } from "react";
import { type Block, blocksOf, isMarked } from "./layout";
import { keyOfColumn, type Schedule } from "./schedule";
import * as texts from "./texts";
import type { BusyTime, Column } from "./wire";
import type { Words } from "./words";

interface DayListProps {
  schedule: Schedule;
  words: Words;
  columns: readonly Column[];
  /** Whether each line says whose it is. */
  withNames: boolean;
  onOpen(block: Block, column: Column): void;
}

interface Line {
  starts: number;
  block: Block;
  busy?: undefined;
  column: Column;
}

interface BusyLine {
  starts: number;
  busy: BusyTime;
  column: Column;
}

/** All that is on these columns as one list by time, with big buttons: for phones and for paper. */
export function DayList({ schedule, words, columns, withNames, onOpen }: DayListProps) {
  const [, redraw] = useReducer((count: number, _: undefined) => count + 1, 0);
  const keys = columns.map(keyOfColumn).join(" ");
  useEffect(() => {
    const stops = keys.split(" ").map((key) => schedule.on(key, () => redraw(undefined)));
    return () => {
      for (const stop of stops) stop();
    };
  }, [schedule, keys]);

  const days = [...new Set(columns.map((column) => column.day))];
  return (
    <div class="cal-list">
      {days.map((day) => {
        const shown = columns
          .filter((column) => column.day === day)
          .map((column) => schedule.column(keyOfColumn(column)) ?? column);
        const lines = linesOf(schedule, words, shown);
        return (
          <section key={day} aria-label={words.times.longDay(day)}>
            {days.length > 1 && <h2>{words.times.longDay(day)}</h2>}
            {lines.length === 0 && <p class="quiet">{texts.nothingOnDay}</p>}
            <ul>
              {lines.map((line) =>
                line.busy ? (
                  <BusyLineView
                    key={`${keyOfColumn(line.column)} busy ${line.busy.id}`}
                    {...line}
                    words={words}
                    withNames={withNames}
                  />
                ) : (
                  <LineView
                    key={`${keyOfColumn(line.column)} ${line.block.id}`}
                    {...line}
                    words={words}
                    withNames={withNames}
                    onOpen={onOpen}
                  />
                ),
              )}
            </ul>
          </section>
        );
      })}
    </div>
  );
}

/** By start. What began before the day begins with it. */
function linesOf(
  schedule: Schedule,
  words: Words,
  columns: readonly Column[],
): (Line | BusyLine)[] {
  return columns
    .flatMap((column) => [
      ...column.busy_times.map((busy) => ({
        starts: Math.max(Date.parse(busy.starts_at), Date.parse(column.starts_at)),
        busy,
        column,
      })),
      ...blocksOf(schedule.entries(keyOfColumn(column)), words.capacityOf).map((block) => ({
        starts: block.starts,
        block,
        column,
      })),
    ])
    .sort((one, other) => one.starts - other.starts);
}

/** A time of another calendar: there is nothing to do about it here. */
function BusyLineView(props: BusyLine & { words: Words; withNames: boolean }) {
  const { starts, busy, column, words, withNames } = props;
  const ends = Math.min(Date.parse(busy.ends_at), Date.parse(column.ends_at));
  const about = [busy.calendar, withNames ? column.name : ""].filter(Boolean).join(" · ");
  return (
    <li>
      <p class="cal-line is-elsewhere">
        <span class="cal-line-time">
          <strong>{words.times.time(starts, column.time_zone)}</strong>{" "}
          <span class="quiet">{texts.to(words.times.time(ends, column.time_zone))}</span>
        </span>
        <span class="cal-line-what">
          <bdi class="cal-line-title">{texts.busyWith(busy.title)}</bdi>
          <bdi class="quiet">{about}</bdi>
        </span>
      </p>
    </li>
  );
}

interface LineProps extends Line {
  words: Words;
  withNames: boolean;
  onOpen(block: Block, column: Column): void;
}

function LineView({ block, column, words, withNames, onOpen }: LineProps) {
  const [entry] = block.entries;
  const zone = column.time_zone;
  const isNow = block.starts <= words.now() && words.now() < block.ends;
  const detail = words.blockDetail(block);
  const status = block.isClass ? "" : words.status(entry);
  const about = [detail, withNames ? column.name : "", status].filter(Boolean);
  return (
    <li>
      <button
        type="button"
        class={`cal-line is-${entry.kind} hue-${(entry.service_id ?? 0) % 8}${isNow ? " is-now" : ""}${isMarked(entry) ? ` is-${entry.status}` : ""}`}
        onClick={() => onOpen(block, column)}
      >
        <span class="cal-line-time">
          <strong>{words.times.time(block.starts, zone)}</strong>{" "}
          <span class="quiet">{texts.to(words.times.time(block.ends, zone))}</span>
        </span>
        <span class="cal-line-what">
          <bdi class="cal-line-title">{words.blockTitle(block, zone)}</bdi>
          <span class="quiet">
            {about.map((each, index) => (
              <span key={each}>
                {index > 0 && " · "}
                <bdi>{each}</bdi>
              </span>
            ))}
          </span>
          {!block.isClass && entry.notes && <bdi class="cal-line-notes">{entry.notes}</bdi>}
        </span>
      </button>
    </li>
  );
}
