import type { Board, ClaimingState } from "../api/wire";

/** The starts of a board's grid that claims in one state lie on, in order, each once. */
export function claimedStarts(
  board: Board,
  state: ClaimingState,
  interval: number,
  own: ReadonlySet<string>,
): string[] {
  const claims = board.busy.filter((claim) => claim.state === state && !own.has(claim.claim));
  return gridOf(board, interval)
    .filter((start) => claims.some((claim) => overlaps(claim, start, interval)))
    .map((start) => new Date(start).toISOString());
}

const MINUTE = 60_000;

function gridOf(board: Board, interval: number): number[] {
  return board.open.flatMap(({ starts_at, ends_at }) => {
    const starts = [];
    for (let at = Date.parse(starts_at); at < Date.parse(ends_at); at += interval * MINUTE) {
      starts.push(at);
    }
    return starts;
  });
}

function overlaps(claim: { starts_at: string; ends_at: string }, start: number, interval: number) {
  return (
    Date.parse(claim.starts_at) < start + interval * MINUTE && Date.parse(claim.ends_at) > start
  );
}
