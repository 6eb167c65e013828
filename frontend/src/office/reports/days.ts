/** Days of the business as `YYYY-MM-DD`, and the ranges that one often wants. */

export interface DayRange {
  from: string;
  to: string;
}

export const PRESETS = ["week", "last30", "month", "lastMonth", "year"] as const;
export type Preset = (typeof PRESETS)[number];

const DAY = 86_400_000;
/** From so many days on, bars stand for weeks, and then for months. */
const MANY = 93;
const VERY_MANY = 400;

const at = (day: string) => new Date(`${day}T00:00:00Z`);
const text = (instant: Date | number) => new Date(instant).toISOString().slice(0, 10);

export const addDays = (day: string, days: number) => text(at(day).getTime() + days * DAY);
export const countDays = ({ from, to }: DayRange) =>
  Math.round((at(to).getTime() - at(from).getTime()) / DAY) + 1;

/** Which day it is in a time zone. */
export function todayIn(zone: string | undefined, now = new Date()): string {
  const options = { year: "numeric", month: "2-digit", day: "2-digit" } as const;
  return new Intl.DateTimeFormat("en-CA", { ...options, timeZone: zone }).format(now);
}

/** Weeks begin on Monday. */
const mondayOf = (day: string) => addDays(day, -((at(day).getUTCDay() + 6) % 7));

/** The first day of a month, so many months later. */
function monthOf(day: string, later = 0): string {
  const date = at(day);
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

/** The preset that is this range today, if any. */
export const presetOf = (range: DayRange, today: string) =>
  PRESETS.find((each) => {
    const found = rangeOf(each, today);
    return found.from === range.from && found.to === range.to;
  });

/** A range as it was typed, or null while it is none. */
export function readRange(from: string | null, to: string | null): DayRange | null {
  const isDay = (day: string | null): day is string =>
    day !== null && /^\d{4}-\d\d-\d\d$/.test(day) && !Number.isNaN(at(day).getTime());
  return isDay(from) && isDay(to) && from <= to ? { from, to } : null;
}

export interface Bar {
  from: string;
  to: string;
  booked: number;
  cancelled: number;
}

/** One bar for each day, for each week of a longer range, for each month of a very long one. */
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
