import type { RefObject } from "preact";
import { useMemo, useRef } from "react";
import { isDraggable } from "./Column";
import type { DragView } from "./DragView";
import { blocksOn, changeOf, findBlock, type GridActions, isAt } from "./gridActions";
import type { Block } from "./layout";
import { type Change, keyOfColumn, type Schedule } from "./schedule";
import { lengthOf, minutesOf, SNAP } from "./time";
import type { Column, Entry } from "./wire";
import type { Words } from "./words";

/**
 * Milliseconds for which the keyboard's moves of one booking are collected before they are sent.
 */
const COLLECT = 600;

interface KeyboardProps {
  schedule: Schedule;
  words: Words;
  columns: readonly Column[];
  root: RefObject<HTMLDivElement | null>;
  view: RefObject<DragView | null>;
  actions: GridActions;
  canWrite: boolean;
  setTab(stop: string): void;
}

/**
 * Handles the keys within the grid. Moves by keys are shown immediately, and sent when no more
 * follow.
 */
export function useGridKeyboard(props: KeyboardProps): (event: KeyboardEvent) => void {
  const { schedule, words, columns, root, view, actions, canWrite, setTab } = props;
  const collected = useRef<{ entry: Entry; change: Change; timer: number } | null>(null);
  const keys = useMemo(() => columns.map(keyOfColumn), [columns]);

  const focus = (stop: string) => {
    setTab(stop);
    const name = CSS.escape(stop);
    requestAnimationFrame(() =>
      root.current
        ?.querySelector<HTMLElement>(`[data-id="${name}"],[data-head="${name}"]`)
        ?.focus(),
    );
  };

  const send = () => {
    const now = collected.current;
    collected.current = null;
    if (now) view.current?.preview("move", now.entry.id, null);
    if (now && !isAt(now.entry, now.change)) actions.move(now.entry, now.change);
  };

  const nudge = (entry: Entry, across: number, down: number, isLength: boolean) => {
    const before = collected.current?.entry.id === entry.id ? collected.current : null;
    if (collected.current && !before) send();
    clearTimeout(before?.timer);
    const from = before?.change ?? entry;
    const at = keys.findIndex(
      (_, index) =>
        columns[index]?.resource_id === from.resource_id &&
        Date.parse(columns[index]?.starts_at ?? "") <= Date.parse(from.starts_at) &&
        Date.parse(from.starts_at) < Date.parse(columns[index]?.ends_at ?? ""),
    );
    const here = columns[at];
    const there = columns[at + (isLength ? 0 : across)];
    if (!here || !there) return;
    const starts = minutesOf(here, from.starts_at) + (isLength ? 0 : down * SNAP);
    const ends = minutesOf(here, from.ends_at) + down * SNAP;
    if (starts < 0 || starts >= lengthOf(there) || ends - starts < SNAP) return;
    const draft = { key: keyOfColumn(there), starts, ends };
    const change = changeOf(there, draft);
    view.current?.preview("move", entry.id, draft);
    const timer = window.setTimeout(send, COLLECT);
    collected.current = { entry: before?.entry ?? entry, change, timer };
    actions.say(words.place(there, change.starts_at, change.ends_at));
  };

  return (event) => {
    const target = (event.target as HTMLElement).closest<HTMLElement>("[data-id],[data-head]");
    if (!target || event.ctrlKey || event.metaKey) return;
    const { id, head } = target.dataset;
    const key = head ?? target.closest<HTMLElement>("[data-key]")?.dataset.key ?? "";
    const at = keys.indexOf(key);
    const isRtl = getComputedStyle(target).direction === "rtl";
    const across = { ArrowRight: isRtl ? -1 : 1, ArrowLeft: isRtl ? 1 : -1 }[event.key] ?? 0;
    const down = { ArrowDown: 1, ArrowUp: -1 }[event.key] ?? 0;
    const found = id === undefined ? null : findBlock(schedule, words, id, key);
    if (event.altKey) {
      if (!found || !canWrite || !(across || down)) return;
      event.preventDefault();
      const { block } = found;
      if (isDraggable(block.entries, block.isClass))
        nudge(block.entries[0], across, down, event.shiftKey);
      return;
    }
    if (found && (event.key === "Enter" || event.key === " ")) {
      event.preventDefault();
      actions.open(found.block, found.column);
      return;
    }
    if (!across && !down && event.key !== "Home" && event.key !== "End") return;
    event.preventDefault();
    event.stopPropagation();
    focus(nextStop({ schedule, words, keys, at, id, across, down, name: event.key }));
  };
}

interface StopSearch {
  schedule: Schedule;
  words: Words;
  keys: readonly string[];
  at: number;
  id: string | undefined;
  across: number;
  down: number;
  name: string;
}

/** Returns the block or column head to which an arrow key moves the focus. */
function nextStop({ schedule, words, keys, at, id, across, down, name }: StopSearch): string {
  const key = keys[at + across] ?? keys[at] ?? "";
  const blocks = blocksOn(schedule, words, key);
  if (across) {
    const from = id && blocksOn(schedule, words, keys[at] ?? "").find((block) => block.id === id);
    if (!from) return key;
    const near = blocks.reduce<Block | null>(
      (best, block) =>
        best && Math.abs(best.starts - from.starts) <= Math.abs(block.starts - from.starts)
          ? best
          : block,
      null,
    );
    return near?.id ?? key;
  }
  const index = blocks.findIndex((block) => block.id === id);
  const next = { Home: -1, End: blocks.length - 1 }[name] ?? index + down;
  if (next < 0) return key;
  return blocks[next]?.id ?? blocks.at(-1)?.id ?? key;
}
