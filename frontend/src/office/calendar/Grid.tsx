import type { RefObject } from "preact";
import { useLayoutEffect, useRef, useState } from "react";
import { Column } from "./Column";
import { DragView } from "./DragView";
import { watchDrag } from "./drag";
import { blocksOn, findBlock, type GridActions, nextFree } from "./gridActions";
import { keyOfColumn, type Schedule } from "./schedule";
import * as texts from "./texts";
import { lengthOf, MINUTE, minutesOf } from "./time";
import { useGridKeyboard } from "./useGridKeyboard";
import { usePainted } from "./usePainted";
import type { Column as ColumnData } from "./wire";
import type { Words } from "./words";

/** How many columns are drawn first. The others are drawn when these have been painted. */
const FIRST_COLUMNS = 10;

interface GridProps {
  schedule: Schedule;
  words: Words;
  columns: readonly ColumnData[];
  heads: readonly string[];
  actions: GridActions;
  canWrite: boolean;
}

const BEFORE_OPENING = 30;

/** The grid of the calendar: columns beside each other, with common hours. */
export function Grid({ schedule, words, columns, heads, actions, canWrite }: GridProps) {
  const root = useRef<HTMLDivElement>(null);
  const inner = useRef<HTMLDivElement>(null);
  const ghost = useRef<HTMLDivElement>(null);
  const [tab, setTab] = useState<string | null>(null);
  const isPainted = usePainted();
  const zone = columns[0]?.time_zone ?? "UTC";
  const length = Math.max(0, ...columns.map(lengthOf));
  const view = useRef<DragView | null>(null);
  const latest = useRef({ actions, canWrite });
  latest.current = { actions, canWrite };

  useScrollToOpening(root, columns, words);
  useLayoutEffect(() => {
    const [frame, grid, preview] = [root.current, inner.current, ghost.current];
    if (!frame || !grid || !preview) return;
    const drags = new DragView(schedule, words, grid, preview);
    view.current = drags;
    return watchDrag(frame, {
      hit: (x, y) => drags.hit(x, y),
      begin: (id) => (latest.current.canWrite ? drags.begin(id) : null),
      lengthOf: (key) => drags.lengthOf(key),
      preview: (grip, id, draft) => drags.preview(grip, id, draft),
      drop(grip, id, draft) {
        drags.preview(grip, id, null);
        drags.drop(id, draft, latest.current.actions);
      },
      tap: (id, hit) => drags.tap(id, hit, latest.current),
    });
  }, [schedule, words]);

  const keyboard = useGridKeyboard({
    schedule,
    words,
    columns,
    root,
    view,
    actions,
    canWrite,
    setTab,
  });
  const first = columns[0] ? keyOfColumn(columns[0]) : "";
  const isKnown =
    tab !== null &&
    columns.some((column) => {
      const key = keyOfColumn(column);
      return key === tab || blocksOn(schedule, words, key).some((block) => block.id === tab);
    });
  const tabStop = isKnown ? tab : first;

  return (
    <>
      <p id="calendar-help" class="visually-hidden">
        {texts.help}
      </p>
      <section
        class="cal"
        ref={root}
        aria-label={texts.calendar}
        style={{ "--length": length, "--columns": columns.length }}
        onKeyDown={keyboard}
        onClick={(event) => clickOf(event, schedule, words, actions)}
        onFocusIn={(event) => {
          const { id, head } = (event.target as HTMLElement).dataset;
          const stop = id ?? head;
          if (stop !== undefined && stop !== tab) setTab(stop);
        }}
      >
        <div class="cal-corner" aria-hidden="true" />
        <div class="cal-heads">
          {columns.map((column, index) => {
            const key = keyOfColumn(column);
            return (
              <button
                key={key}
                type="button"
                class="cal-head"
                data-head={key}
                aria-disabled={!canWrite}
                tabIndex={tabStop === key ? 0 : -1}
              >
                <bdi>{heads[index]}</bdi>
                {column.time_zone !== zone && <small>{texts.timesIn(column.time_zone)}</small>}
                <span class="visually-hidden">, {texts.newBooking}</span>
              </button>
            );
          })}
        </div>
        <Hours words={words} column={columns[0]} length={length} />
        <div class="cal-columns" ref={inner}>
          {columns.map((column, index) => {
            const key = keyOfColumn(column);
            if (index >= FIRST_COLUMNS && !isPainted)
              return <div key={key} class="cal-column" style={{ "--length": length }} />;
            return (
              <Column
                key={key}
                schedule={schedule}
                words={words}
                at={key}
                name={heads[index] ?? ""}
                tabStop={tabStop}
                zone={zone}
              />
            );
          })}
          <div class="cal-block cal-ghost" ref={ghost} hidden aria-hidden="true" />
        </div>
      </section>
    </>
  );
}

interface HoursProps {
  words: Words;
  column: ColumnData | undefined;
  length: number;
}

function Hours({ words, column, length }: HoursProps) {
  if (!column) return null;
  const starts = Date.parse(column.starts_at);
  return (
    <div class="cal-hours" aria-hidden="true">
      {Array.from({ length: Math.ceil(length / 60) }, (_, hour) => hour).map((hour) => (
        <bdi key={hour} style={{ "--from": hour * 60 }}>
          {words.times.hour(starts + hour * 60 * MINUTE, column.time_zone)}
        </bdi>
      ))}
    </div>
  );
}

/** Scrolls to the opening hours, or to the present time if it is today and would not be in view. */
function useScrollToOpening(
  root: RefObject<HTMLDivElement | null>,
  columns: readonly ColumnData[],
  words: Words,
): void {
  const days = columns.map((column) => column.day).join();
  // biome-ignore lint/correctness/useExhaustiveDependencies: the calendar scrolls only when other days are shown, not at each change of a column.
  useLayoutEffect(() => {
    const frame = root.current;
    if (!frame) return;
    const starts = columns.flatMap((column) => {
      const opens = column.open.map(([from]) => minutesOf(column, from));
      const booked = column.entries.map((entry) => Math.max(0, minutesOf(column, entry.starts_at)));
      return opens.length || booked.length ? [Math.min(...opens, ...booked)] : [];
    });
    const first = starts.length ? Math.min(...starts) : 8 * 60;
    const pixels = Number.parseFloat(getComputedStyle(frame).getPropertyValue("--pixels")) || 1;
    frame.scrollTop = Math.max(0, first - BEFORE_OPENING) * pixels;
    const now = columns.map((column) => (words.now() - Date.parse(column.starts_at)) / MINUTE);
    const today = now.find((minutes, index) => {
      const column = columns[index];
      return column && minutes >= 0 && minutes < lengthOf(column);
    });
    const visible = frame.clientHeight / pixels;
    if (today !== undefined && today > first + visible - 120)
      frame.scrollTop = (today - visible / 2) * pixels;
  }, [days]);
}

/** Handles clicks that no pointer made, like those of screen readers. */
function clickOf(event: MouseEvent, schedule: Schedule, words: Words, actions: GridActions): void {
  const target = event.target as Element;
  const key = target.closest<HTMLElement>("[data-key]")?.dataset.key;
  const column = key === undefined ? undefined : schedule.column(key);
  const closure = target.closest<HTMLElement>("[data-closure]")?.dataset.closure;
  if (closure && column) {
    actions.openClosure(Number(closure), column);
    return;
  }
  const head = target.closest<HTMLElement>("[data-head]")?.dataset.head;
  const headed = head === undefined ? undefined : schedule.column(head);
  if (headed) {
    actions.create(headed, nextFree(schedule, words, headed), null);
    return;
  }
  const id = target.closest<HTMLElement>("[data-id]")?.dataset.id;
  if (event.detail !== 0 || id === undefined) return;
  const found = findBlock(schedule, words, id, key);
  if (found) actions.open(found.block, found.column);
}
