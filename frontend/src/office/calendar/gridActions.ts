import type { Draft } from "./drag";
import { type Block, blocksOf, place } from "./layout";
import { type Change, keyOfColumn, type Schedule } from "./schedule";
import { instantAt, MINUTE, SNAP } from "./time";
import type { Column, Entry } from "./wire";
import type { Words } from "./words";

/** What the grid does at the actions of a user. */
export interface GridActions {
  /** Moves a booking that was dragged, or moved by the keyboard. */
  move(entry: Entry, change: Change): void;
  open(block: Block, column: Column): void;
  openClosure(id: number, column: Column): void;
  /** Begins a new entry at a chosen time. Without an end, it lasts as long as its service. */
  create(column: Column, starts_at: string, ends_at: string | null): void;
  say(text: string): void;
  /** Says why a drop has no effect. */
  refuse(text: string): void;
}

export const blocksOn = (schedule: Schedule, words: Words, key: string): Block[] =>
  place(blocksOf(schedule.entries(key), words.capacityOf)).map(({ block }) => block);

export function findBlock(
  schedule: Schedule,
  words: Words,
  id: string,
  key: string | undefined,
): { block: Block; column: Column } | null {
  const column = key === undefined ? undefined : schedule.column(key);
  const block = column && blocksOn(schedule, words, key ?? "").find((each) => each.id === id);
  return block && column ? { block, column } : null;
}

/**
 * Returns a first proposal for a new booking: the next quarter of an hour at which the column has
 * none.
 */
export function nextFree(schedule: Schedule, words: Words, column: Column): string {
  const opens = column.open[0]?.[0];
  const first = Math.max(
    opens ? Date.parse(opens) : Date.parse(column.starts_at) + 9 * 60 * MINUTE,
    words.now(),
  );
  const last = Date.parse(column.ends_at) - SNAP * MINUTE;
  let at = Math.ceil(first / (SNAP * MINUTE)) * SNAP * MINUTE;
  for (const entry of schedule.entries(keyOfColumn(column))) {
    if (Date.parse(entry.busy_from) < at + SNAP * MINUTE && Date.parse(entry.busy_until) > at)
      at = Date.parse(entry.busy_until);
  }
  return new Date(Math.min(at, last)).toISOString();
}

export const changeOf = (column: Column, draft: Draft): Change => ({
  resource_id: column.resource_id,
  starts_at: instantAt(column, draft.starts),
  ends_at: instantAt(column, draft.ends),
});

export const isAt = (entry: Entry, change: Change) =>
  entry.resource_id === change.resource_id &&
  Date.parse(entry.starts_at) === Date.parse(change.starts_at) &&
  Date.parse(entry.ends_at) === Date.parse(change.ends_at);
