/** Writes numbers and days as people of this language do. */

import * as words from "./texts";
import type { Value } from "./wire";

const LANGUAGE = document.documentElement.lang || "en";
const whole = new Intl.NumberFormat(LANGUAGE, { maximumFractionDigits: 0 });
const oneDecimal = new Intl.NumberFormat(LANGUAGE, { maximumFractionDigits: 1 });
const percent = new Intl.NumberFormat(LANGUAGE, { style: "percent", maximumFractionDigits: 1 });
const day = new Intl.DateTimeFormat(LANGUAGE, { dateStyle: "medium", timeZone: "UTC" });
const weekday = new Intl.DateTimeFormat(LANGUAGE, { weekday: "short", timeZone: "UTC" });

const isNumber = (value: Value | undefined): value is number => typeof value === "number";

export const count = (value: Value | undefined) =>
  isNumber(value) ? whole.format(value) : words.unknown;
export const share = (value: Value | undefined) =>
  isNumber(value) ? percent.format(value) : words.unknown;
export const hoursOf = (minutes: Value | undefined) =>
  isNumber(minutes) ? words.hours(oneDecimal.format(minutes / 60)) : words.unknown;
export const dayText = (text: string) => day.format(new Date(`${text}T00:00:00Z`));
export const rangeText = (from: string, to: string) =>
  day.formatRange(new Date(`${from}T00:00:00Z`), new Date(`${to}T00:00:00Z`));
/** Writes the name of a weekday: 1 is Monday, as 5 January 2026 was. */
export const weekdayText = (number: number) =>
  weekday.format(new Date(Date.UTC(2026, 0, 4 + number)));

export function money(amount: Value | undefined, currency: string): string {
  if (typeof amount !== "string") return words.unknown;
  try {
    return new Intl.NumberFormat(LANGUAGE, { style: "currency", currency }).format(Number(amount));
  } catch {
    return `${amount} ${currency}`;
  }
}

const UNITS = [
  ["week", 7 * 24 * 60],
  ["day", 24 * 60],
  ["hour", 60],
  ["minute", 1],
] as const;

/**
 * Writes a length of time in the largest unit of which it is exactly one, or two or more. It is
 * negative if a booking was recorded after its start.
 */
export function duration(minutes: Value | undefined): string {
  if (!isNumber(minutes)) return words.unknown;
  const length = Math.abs(minutes);
  const [unit, size] = UNITS.find(([, size]) => length >= 2 * size || length === size) ?? [
    "minute",
    1,
  ];
  return new Intl.NumberFormat(LANGUAGE, {
    style: "unit",
    unit,
    unitDisplay: "long",
    maximumFractionDigits: minutes % size === 0 ? 0 : 1,
  }).format(minutes / size);
}
