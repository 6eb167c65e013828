import { addDays, daysOf, firstDayOf, lastDayOf, monthOf, weekdayOf } from "./calendar";
import { firstWeekday } from "./format";

/** With fewer days left, a month shows those of the next one too. */
const FEW_DAYS = 14;
const SIX_WEEKS = 42;

/** The first column is 1. */
export const columnOf = (day: string) => ((weekdayOf(day) - firstWeekday() + 7) % 7) + 1;

export const weekStart = (day: string) => addDays(day, 1 - columnOf(day));

/** The days that a month shows: its own, or from this week on six weeks when it is nearly over. */
export function monthDays(month: string, today: string): string[] {
  const isNearlyOver = month === monthOf(today) && addDays(today, FEW_DAYS - 1) > lastDayOf(month);
  if (!isNearlyOver) return daysOf(month);
  return Array.from({ length: SIX_WEEKS }, (_, index) => addDays(weekStart(today), index));
}

/** The first row is 1. */
export function rowOf(day: string, days: readonly string[]): number {
  const first = weekStart(days[0] ?? firstDayOf(monthOf(day)));
  return Math.floor((Date.parse(day) - Date.parse(first)) / (7 * 86_400_000)) + 1;
}
