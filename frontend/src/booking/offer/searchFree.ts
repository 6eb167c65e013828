import { addDays, later } from "../format/calendar";

/** How many times are free on each day, or null where that is unknown. */
export type FreeByDay = Readonly<Record<string, number | null>>;

export interface FreeDay {
  day: string;
  count: number;
}

/** From one day to another, both included. */
export type DayRange = readonly [from: string, to: string];

/** The first day with something free, or the day from which the server must be asked. */
export type Search =
  | { kind: "found"; day: FreeDay }
  | { kind: "nothing" }
  | { kind: "unknown"; from: string };

/** Searches the known days from one day to the last, up to the first gap. */
export function searchFree(
  free: FreeByDay,
  known: readonly DayRange[],
  from: string,
  last: string,
): Search {
  let reached = from;
  for (;;) {
    const range = known.find(([start, end]) => start <= reached && reached <= end);
    if (reached > last) return { kind: "nothing" };
    if (!range) return { kind: "unknown", from: reached };
    for (; reached <= range[1] && reached <= last; reached = addDays(reached, 1)) {
      const count = free[reached];
      if (count) return { kind: "found", day: { day: reached, count } };
    }
  }
}

/** Adds a range; ranges that touch are merged. */
export function addRange(known: readonly DayRange[], [from, to]: DayRange): DayRange[] {
  const touches = ([start, end]: DayRange) => start <= addDays(to, 1) && from <= addDays(end, 1);
  const joined = known.filter(touches);
  const start = [from, ...joined.map(([first]) => first)].sort()[0] ?? from;
  const end = joined.reduce((furthest, [, last]) => later(furthest, last), to);
  return [...known.filter((range) => !touches(range)), [start, end]];
}
