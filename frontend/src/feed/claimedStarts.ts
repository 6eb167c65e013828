import type { Board, ClaimingState, DayView, Interval } from "../core/wire";

/**
 * Returns the starts that the claims of others in one state make busy, in order and without
 * repetition.
 */
export function claimedStarts(
  view: DayView | Board,
  state: ClaimingState,
  own: readonly string[],
  slotInterval: number,
): string[] {
  if ("slots" in view) {
    return view.slots
      .filter((slot) => slot.state === state && slot.claims.some((claim) => !own.includes(claim)))
      .map((slot) => slot.starts_at);
  }
  const claims = view.busy.filter((busy) => busy.state === state && !own.includes(busy.claim));
  return grid(view, slotInterval * MINUTE)
    .filter((cell) => claims.some((claim) => overlap(claim, cell)))
    .map((cell) => cell.starts_at);
}

const MINUTE = 60_000;

/** Divides the open time into steps of one slot interval. */
function grid(board: Board, step: number): Interval[] {
  return board.open.flatMap((open) => {
    const count = Math.ceil((Date.parse(open.ends_at) - Date.parse(open.starts_at)) / step);
    return Array.from({ length: count }, (_, index) => ({
      starts_at: later(open.starts_at, index * step),
      ends_at: later(open.starts_at, (index + 1) * step),
    }));
  });
}

const later = (instant: string, milliseconds: number) =>
  new Date(Date.parse(instant) + milliseconds).toISOString();

const overlap = (one: Interval, other: Interval) =>
  Date.parse(one.starts_at) < Date.parse(other.ends_at) &&
  Date.parse(other.starts_at) < Date.parse(one.ends_at);
