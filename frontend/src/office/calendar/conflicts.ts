import type { Change } from "./schedule";
import type { BusyTime, Column, Entry } from "./wire";

/**
 * A reason against a time. A booking, a checkout or a busy time of another calendar makes the time
 * impossible; the user can override the other reasons.
 */
export interface Conflict {
  kind: "booking" | "checkout" | "elsewhere" | "hold" | "closed" | "past";
  entry?: Entry;
  busy?: BusyTime;
}

const FOR_GOOD: readonly Conflict["kind"][] = ["booking", "checkout", "elsewhere"];

export const isForGood = ({ kind }: Conflict) => FOR_GOOD.includes(kind);

/**
 * Returns the reasons against a time on a column, before the server is asked. `moving` is the
 * booking that is being moved, if one is. With `isClass`, seats of the same service and start don't
 * conflict.
 */
export function conflictsOf(
  column: Column,
  entries: readonly Entry[],
  wanted: Change,
  now: number,
  moving: Entry | null,
  isClass = false,
): Conflict[] {
  const starts = Date.parse(wanted.starts_at);
  const ends = Date.parse(wanted.ends_at);
  const before = moving ? Date.parse(moving.starts_at) - Date.parse(moving.busy_from) : 0;
  const after = moving ? Date.parse(moving.busy_until) - Date.parse(moving.ends_at) : 0;
  const found: Conflict[] = [];
  for (const entry of entries) {
    if (entry.id === moving?.id || entry.status === "completed" || entry.status === "no_show")
      continue;
    const isSeat =
      isClass && entry.service_id === moving?.service_id && Date.parse(entry.starts_at) === starts;
    if (isSeat) continue;
    const overlaps =
      Date.parse(entry.busy_from) < ends + after && Date.parse(entry.busy_until) > starts - before;
    if (overlaps) found.push({ kind: entry.kind, entry });
  }
  for (const busy of column.busy_times) {
    const from = Date.parse(busy.starts_at);
    const until = Date.parse(busy.ends_at);
    // A booking may already overlap this busy time. Only the server knows which part of the time is
    // free for the booking.
    const isInItsWay =
      moving && Date.parse(moving.starts_at) < until && Date.parse(moving.ends_at) > from;
    if (!isInItsWay && from < ends + after && until > starts - before)
      found.push({ kind: "elsewhere", busy });
  }
  if (!isOpen(column, starts, ends)) found.push({ kind: "closed" });
  if (starts < now && !(moving && Date.parse(moving.starts_at) === starts))
    found.push({ kind: "past" });
  return found.sort((one, other) => Number(isForGood(other)) - Number(isForGood(one)));
}

function isOpen(column: Column, starts: number, ends: number): boolean {
  return column.open.some(
    ([opens, closes]) => Date.parse(opens) <= starts && ends <= Date.parse(closes),
  );
}
