/** Writes every date, time and amount of the page. Days are "2026-11-25", times "10:00". */

import { formatOf } from "../../core/localTime";
import type { Business, Service } from "../../core/wire";
import { fill, habits, locale, number, onward, texts } from "../texts";

export const hasTwelveHours = () =>
  new Intl.DateTimeFormat(habits, { hour: "numeric" }).resolvedOptions().hour12 === true;

/** The greatest number of letters above a column of the month. */
const MAX_COLUMN_NAME = 5;

type Options = Intl.DateTimeFormatOptions;

const format = (timeZone: string, options: Options) => formatOf(timeZone, options, locale);

/** Writes a local time as the visitor is used to it: "10:00" or "10:00 AM". */
export function time(instant: string, zone: string): string {
  const hour12 = hasTwelveHours();
  const hour = hour12 ? "numeric" : "2-digit";
  const written = format(zone, { hour, minute: "2-digit", hour12 }).format(new Date(instant));
  return written.replace(" ", "\u00a0");
}

/** "Wed 25 Nov, 10:00", or the day alone if the time isn't known. */
export const dayAndTime = (day: string, at: string | null) =>
  at === null ? day : fill(texts.dayAndTime, { day, time: at });

const formatDay = (day: string, options: Options) =>
  format("UTC", options).format(new Date(`${day}T12:00Z`));

/** "Wednesday 25 November" */
export const longDay = (day: string) =>
  formatDay(day, { weekday: "long", day: "numeric", month: "long" });

/** "Wed 25 Nov" */
export const shortDay = (day: string) =>
  formatDay(day, { weekday: "short", day: "numeric", month: "short" });

/** "November 2026" */
export const monthTitle = (month: string) =>
  formatDay(`${month}-01`, { month: "long", year: "numeric" });

/** "Dec" */
export const monthName = (day: string) => formatDay(day, { month: "short" });

/** "Mon", and "Monday" for screen readers. */
export const weekday = (day: string, length: "short" | "long") =>
  formatDay(day, { weekday: length });

/** "Mon" above each column, or one letter if a short name is too long. */
export function columnNames(week: readonly string[]): string[] {
  const names = week.map((day) => weekday(day, "short"));
  if (names.every(({ length }) => length <= MAX_COLUMN_NAME)) return names;
  return week.map((day) => formatDay(day, { weekday: "narrow" }));
}

export const dayNumber = (day: string) => number(Number(day.slice(8)));

/** "Central European Time". A zone that is only an offset has the offset as its name: "GMT-5". */
export function zoneName(zone: string, instant: number): string {
  if (isUtc(zone)) return "UTC";
  const timeZoneName = zone.startsWith("Etc/") ? "shortOffset" : "longGeneric";
  const parts = format(zone, { timeZoneName }).formatToParts(instant);
  return parts.find((part) => part.type === "timeZoneName")?.value ?? zone;
}

const isUtc = (zone: string) => /^(Etc\/)?(UTC|UCT|Universal|Zulu)$/.test(zone);

/**
 * Returns the time zone of the browser, or null if the browser knows none or names one that it
 * doesn't understand.
 */
export function visitorZone(): string | null {
  const { timeZone } = new Intl.DateTimeFormat().resolvedOptions();
  try {
    new Intl.DateTimeFormat(locale, { timeZone });
    return timeZone;
  } catch {
    return null;
  }
}

/** Returns the first day of the week: 0 is Sunday. It is Monday if the browser doesn't know it. */
export function firstWeekday(): number {
  const found: Intl.Locale & { getWeekInfo?(): { firstDay: number } } = new Intl.Locale(habits);
  return (found.getWeekInfo?.().firstDay ?? 1) % 7;
}

/**
 * "€34" or "€34.50". In a text from right to left, a sign like "US$" is kept together as one word.
 */
export function price(amount: string, currency: string): string {
  const options = { style: "currency", currency, trailingZeroDisplay: "stripIfInteger" };
  const written = number(Number(amount), options as Intl.NumberFormatOptions);
  return onward() < 0 ? written.replace(/[A-Z]+\p{Sc}/u, "\u2066$&\u2069") : written;
}

/** Returns in words what a service costs, or null if the catalog doesn't say it. */
export function priceOf(
  service: Pick<Service, "price" | "price_from" | "price_on_request">,
  { currency }: Pick<Business, "currency">,
): string | null {
  if (service.price_on_request) return texts.onRequest;
  if (service.price === null) return null;
  if (Number(service.price) === 0) return texts.freeOfCharge;
  const amount = price(service.price, currency);
  return service.price_from ? fill(texts.priceFrom, { price: amount }) : amount;
}

/** "45 min", "1 h", "1 h 30 min" */
export function duration(minutes: number): string {
  const hours = Math.floor(minutes / 60);
  const rest = minutes % 60;
  const parts = [
    hours && fill(texts.hours, { count: hours }),
    rest && fill(texts.minutes, { count: rest }),
  ];
  return parts.filter(Boolean).join(" ");
}

export const MINUTE = 60_000;

/** "3:05" */
export function countdown(milliseconds: number): string {
  const seconds = Math.max(0, Math.ceil(milliseconds / 1_000));
  return `${number(Math.floor(seconds / 60))}:${number(seconds % 60, { minimumIntegerDigits: 2 })}`;
}
