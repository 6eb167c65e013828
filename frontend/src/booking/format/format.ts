/** Every date, time and amount on the page is written here. Days are "2026-11-25", times "10:00". */

import { dayOf, formatOf } from "../../core/localTime";
import type { Business, Service } from "../../core/wire";
import { freeOfCharge } from "../texts";

const preferred = understood(navigator.language);
/** The page speaks English; how hours are counted and which day starts a week is the visitor's. */
const language = preferred.startsWith("en") ? preferred : "en-GB";
const { hour12 } = new Intl.DateTimeFormat(preferred, { hour: "numeric" }).resolvedOptions();
export const hasTwelveHours = hour12 === true;
const hour = hour12 ? "numeric" : "2-digit";

/** Some browsers name a language that doesn't exist: "C". */
function understood(tag: string): string {
  try {
    return new Intl.Locale(tag).baseName;
  } catch {
    return "en-GB";
  }
}

type Options = Intl.DateTimeFormatOptions;

const format = (timeZone: string, options: Options) => formatOf(timeZone, options, language);

/** The wall time in the visitor's habit: "10:00" or "10:00 AM". */
export const time = (instant: string, zone: string) =>
  format(zone, { hour, minute: "2-digit", hour12 }).format(new Date(instant));

const written = (day: string, options: Options) =>
  format("UTC", options).format(new Date(`${day}T12:00Z`));

/** "Wednesday 25 November" */
export const longDay = (day: string) =>
  written(day, { weekday: "long", day: "numeric", month: "long" });

/** "Wed 25 Nov" */
export const shortDay = (day: string) =>
  written(day, { weekday: "short", day: "numeric", month: "short" });

/** "Wednesday 25 November, 10:00 Central European Time" */
export const moment = (instant: string, zone: string) =>
  `${longDay(dayOf(instant, zone))}, ${time(instant, zone)} ${zoneName(zone, Date.parse(instant))}`;

/** "November 2026" */
export const monthTitle = (month: string) =>
  written(`${month}-01`, { month: "long", year: "numeric" });

/** "Dec" */
export const monthName = (day: string) => written(day, { month: "short" });

/** "Mon", and "Monday" for screen readers. */
export const weekday = (day: string, length: "short" | "long") => written(day, { weekday: length });

export const dayNumber = (day: string) => day.slice(8).replace(/^0/, "");

/** "Central European Time"; a zone that is nothing but an offset is called by it: "GMT-5". */
export function zoneName(zone: string, instant: number): string {
  if (isUtc(zone)) return "UTC";
  const timeZoneName = zone.startsWith("Etc/") ? "shortOffset" : "longGeneric";
  const parts = format(zone, { timeZoneName }).formatToParts(instant);
  return parts.find((part) => part.type === "timeZoneName")?.value ?? zone;
}

const isUtc = (zone: string) => /^(Etc\/)?(UTC|UCT|Universal|Zulu)$/.test(zone);

/** Null where the browser doesn't know it or names one that it doesn't understand. */
export function visitorZone(): string | null {
  const { timeZone } = new Intl.DateTimeFormat().resolvedOptions();
  try {
    new Intl.DateTimeFormat(language, { timeZone });
    return timeZone;
  } catch {
    return null;
  }
}

/** 0 is Sunday. Monday where the browser doesn't know it. */
export function firstWeekday(): number {
  const habits: Intl.Locale & { getWeekInfo?(): { firstDay: number } } = new Intl.Locale(preferred);
  return (habits.getWeekInfo?.().firstDay ?? 1) % 7;
}

/** "€34" or "€34.50" */
export const price = (amount: string, currency: string) =>
  new Intl.NumberFormat(language, {
    style: "currency",
    currency,
    trailingZeroDisplay: "stripIfInteger",
  } as Intl.NumberFormatOptions).format(Number(amount));

/** What a service costs, in words; null where that isn't said. */
export function priceOf(service: Pick<Service, "price">, { currency }: Pick<Business, "currency">) {
  if (service.price === null) return null;
  return Number(service.price) === 0 ? freeOfCharge : price(service.price, currency);
}

/** "45 min", "1 h", "1 h 30 min" */
export function duration(minutes: number): string {
  const hours = Math.floor(minutes / 60);
  const rest = minutes % 60;
  return [hours && `${hours} h`, rest && `${rest} min`].filter(Boolean).join(" ");
}

export const MINUTE = 60_000;

/** "3:05" */
export function countdown(milliseconds: number): string {
  const seconds = Math.max(0, Math.ceil(milliseconds / 1_000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}
