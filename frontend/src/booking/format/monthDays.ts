import { addDays, daysOf, firstDayOf, lastDayOf, monthOf, weekdayOf } from "./calendar";
import { firstWeekday } from "./format";

/** If fewer days of a month are left, the grid shows days of the next month, too. */
const FEW_DAYS = 14;
const SIX_WEEKS = 42;

/** Returns the column of a day. The first column is 1. */
export const columnOf = (day: string) => ((weekdayOf(day) - firstWeekday() + 7) % 7) + 1;

export const weekStart = (day: string) => addDays(day, 1 - columnOf(day));

/**
 * Returns the days that the grid of a month shows: those of the month, or six weeks from this week
 * on if the month is nearly over.
 */
export function monthDays(month: string, today: string): string[] {
  const isNearlyOver = month === monthOf(today) && addDays(today, FEW_DAYS - 1) > lastDayOf(month);
  if (!isNearlyOver) return daysOf(month);
  return Array.from({ length: SIX_WEEKS }, (_, index) => addDays(weekStart(today), index));
}

/** Returns the row of a day. The first row is 1. */
export function rowOf(day: string, days: readonly string[]): number {
  const first = weekStart(days[0] ?? firstDayOf(monthOf(day)));
  return Math.floor((Date.parse(day) - Date.parse(first)) / (7 * 86_400_000)) + 1;
}
