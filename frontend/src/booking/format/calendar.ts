/** Arithmetic on local days ("2026-11-25") and months ("2026-11"). */

const DAY = 86_400_000;

const parse = (day: string) => Date.parse(`${day}T00:00:00Z`);

export function addDays(day: string, count: number): string {
  return new Date(parse(day) + count * DAY).toISOString().slice(0, 10);
}

export const monthOf = (day: string) => day.slice(0, 7);

export function addMonths(month: string, count: number): string {
  const first = new Date(`${month}-01T00:00:00Z`);
  first.setUTCMonth(first.getUTCMonth() + count);
  return first.toISOString().slice(0, 7);
}

export const firstDayOf = (month: string) => `${month}-01`;

export const lastDayOf = (month: string) => addDays(firstDayOf(addMonths(month, 1)), -1);

/** 0 is Sunday. */
export const weekdayOf = (day: string) => new Date(parse(day)).getUTCDay();

export function daysOf(month: string): string[] {
  const count = Number(lastDayOf(month).slice(8));
  return Array.from({ length: count }, (_, index) => addDays(firstDayOf(month), index));
}

export const later = (one: string, other: string) => (one > other ? one : other);
export const earlier = (one: string, other: string) => (one < other ? one : other);

export const isDay = (text: string) =>
  /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(parse(text)) && addDays(text, 0) === text;
