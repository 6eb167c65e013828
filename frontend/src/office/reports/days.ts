/** Days of the business as `YYYY-MM-DD`, and the ranges that are often wanted. */

export interface DayRange {
  from: string;
  to: string;
}

export const PRESETS = ["week", "last30", "month", "lastMonth", "year"] as const;
export type Preset = (typeof PRESETS)[number];

const DAY = 86_400_000;
/** In a range of more days than these, a bar is a week, or a month. */
const MANY = 93;
const VERY_MANY = 400;

const startOf = (day: string) => new Date(`${day}T00:00:00Z`);
const text = (instant: Date | number) => new Date(instant).toISOString().slice(0, 10);

export const addDays = (day: string, days: number) => text(startOf(day).getTime() + days * DAY);
export const countDays = ({ from, to }: DayRange) =>
  Math.round((startOf(to).getTime() - startOf(from).getTime()) / DAY) + 1;

/** Returns the present day in a time zone. */
export function todayIn(zone: string | undefined, now = new Date()): string {
  const options = { year: "numeric", month: "2-digit", day: "2-digit" } as const;
  return new Intl.DateTimeFormat("en-CA", { ...options, timeZone: zone }).format(now);
}

/** Returns the Monday of a day's week. */
const mondayOf = (day: string) => addDays(day, -((startOf(day).getUTCDay() + 6) % 7));

/** Returns the first day of a day's month, or of a later month. */
function monthOf(day: string, later = 0): string {
  const date = startOf(day);
  return text(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + later, 1));
}

export function rangeOf(preset: Preset, today: string): DayRange {
  switch (preset) {
    case "week":
      return { from: mondayOf(today), to: addDays(mondayOf(today), 6) };
    case "last30":
      return { from: addDays(today, -29), to: today };
    case "month":
      return { from: monthOf(today), to: addDays(monthOf(today, 1), -1) };
    case "lastMonth":
      return { from: monthOf(today, -1), to: addDays(monthOf(today), -1) };
    case "year":
      return { from: `${today.slice(0, 4)}-01-01`, to: `${today.slice(0, 4)}-12-31` };
  }
}

/** Returns the preset that makes this range today, if there is one. */
export const presetOf = (range: DayRange, today: string) =>
  PRESETS.find((each) => {
    const found = rangeOf(each, today);
    return found.from === range.from && found.to === range.to;
  });

/** Returns a typed range, or null if it isn't a valid one. */
export function readRange(from: string | null, to: string | null): DayRange | null {
  const isDay = (day: string | null): day is string =>
    day !== null && /^\d{4}-\d\d-\d\d$/.test(day) && !Number.isNaN(startOf(day).getTime());
  return isDay(from) && isDay(to) && from <= to ? { from, to } : null;
}

export interface Bar {
  from: string;
  to: string;
  booked: number;
  cancelled: number;
}

/**
 * Makes a bar for each day, for each week of a longer range, or for each month of a very long one.
 */
export function barsOf(days: readonly { day: string; booked: number; cancelled: number }[]): Bar[] {
  const beginOf = (day: string) => {
    if (days.length <= MANY) return day;
    return days.length <= VERY_MANY ? mondayOf(day) : monthOf(day);
  };
  const bars: Bar[] = [];
  let begin = "";
  for (const { day, booked, cancelled } of days) {
    const bar = bars.at(-1);
    if (bar && beginOf(day) === begin) {
      bar.to = day;
      bar.booked += booked;
      bar.cancelled += cancelled;
    } else {
      begin = beginOf(day);
      bars.push({ from: day, to: day, booked, cancelled });
    }
  }
  return bars;
}
