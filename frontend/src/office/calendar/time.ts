/**
 * Times of the calendar. A place on a column is in minutes from the beginning of its local day, so
 * days of 23 and 25 hours need no code of their own.
 */
import type { Column } from "./wire";

export const MINUTE = 60_000;
export const SNAP = 15;
const MAX_SPANS = 2_000;

type Bounds = Pick<Column, "starts_at" | "ends_at">;

export const minutesOf = (column: Bounds, instant: string) =>
  (Date.parse(instant) - Date.parse(column.starts_at)) / MINUTE;

export const lengthOf = (column: Bounds) => minutesOf(column, column.ends_at);

export const instantAt = (column: Bounds, minutes: number) =>
  new Date(Date.parse(column.starts_at) + minutes * MINUTE).toISOString().replace(".000Z", "Z");

export const snap = (minutes: number, step = SNAP) => Math.round(minutes / step) * step;

const formats = new Map<string, Intl.DateTimeFormat>();

function format(language: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const name = `${language} ${JSON.stringify(options)}`;
  let found = formats.get(name);
  if (!found) {
    found = new Intl.DateTimeFormat(language, options);
    formats.set(name, found);
  }
  return found;
}

/** Writes times and days in a language. */
export class TimeWriter {
  readonly #language: string;
  readonly #clocks = new Map<string, Intl.DateTimeFormat>();
  /**
   * Texts of spans that were written before. Many bookings have the same times, and to write a span
   * takes long.
   */
  readonly #spans = new Map<string, string>();

  constructor(language: string) {
    this.#language = language;
  }

  time(instant: string | number, zone: string): string {
    return this.#clock(zone).format(new Date(instant));
  }

  span(from: string | number, until: string | number, zone: string): string {
    const name = `${from} ${until} ${zone}`;
    let found = this.#spans.get(name);
    if (found === undefined) {
      if (this.#spans.size >= MAX_SPANS) this.#spans.clear();
      found = this.#clock(zone).formatRange(new Date(from), new Date(until));
      this.#spans.set(name, found);
    }
    return found;
  }

  longSpan(from: string, until: string, zone: string): string {
    const options = { dateStyle: "medium", timeStyle: "short", timeZone: zone } as const;
    return format(this.#language, options).formatRange(new Date(from), new Date(until));
  }

  /** "Monday, 30 November 2026" */
  longDay(day: string): string {
    const options = { weekday: "long", day: "numeric", month: "long", year: "numeric" } as const;
    return this.#day(day, options);
  }

  /** "Mon, 30 November 2026" */
  day(day: string): string {
    const options = { weekday: "short", day: "numeric", month: "long", year: "numeric" } as const;
    return this.#day(day, options);
  }

  /** "Mon, 30 Nov". The year is added if it isn't the present one. */
  title(day: string): string {
    const options = { weekday: "short", day: "numeric", month: "short" } as const;
    return this.#day(day, { ...options, ...yearOf(day) });
  }

  /** "9:00", without "AM" or "PM", for places where that is clear. */
  shortTime(instant: number, zone: string): string {
    const parts = this.#clock(zone).formatToParts(instant);
    const isTime = ({ type }: Intl.DateTimeFormatPart) => type !== "dayPeriod";
    return parts
      .filter(isTime)
      .map(({ value }) => value)
      .join("")
      .trim();
  }

  /** "9 AM", or "09:00" on a clock of 24 hours. */
  hour(instant: number, zone: string): string {
    const full = this.#clock(zone);
    if (!full.resolvedOptions().hour12) return full.format(instant);
    return format(this.#language, { hour: "numeric", timeZone: zone }).format(instant);
  }

  /** "Mon 30" */
  shortDay(day: string): string {
    return `${this.#day(day, { weekday: "short" })} ${this.#day(day, { day: "numeric" })}`;
  }

  /** The week of a day: "30 Nov – 6 Dec". The year is added if it isn't the present one. */
  week(day: string): string {
    const first = weekOf(day);
    const [from, until] = [dayStart(first), dayStart(addDays(first, 6))] as const;
    const options = { day: "numeric", month: "short", timeZone: "UTC", ...yearOf(day) } as const;
    return format(this.#language, options).formatRange(from, until);
  }

  dayAndMonth(day: string): string {
    return this.#day(day, { weekday: "short", day: "numeric", month: "short" });
  }

  #clock(zone: string): Intl.DateTimeFormat {
    let clock = this.#clocks.get(zone);
    if (!clock) {
      const options = { hour: "numeric", minute: "2-digit", timeZone: zone } as const;
      clock = new Intl.DateTimeFormat(this.#language, options);
      this.#clocks.set(zone, clock);
    }
    return clock;
  }

  #day(day: string, options: Intl.DateTimeFormatOptions): string {
    return format(this.#language, { ...options, timeZone: "UTC" }).format(
      new Date(`${day}T00:00:00Z`),
    );
  }
}

/** Returns an instant as "HH:MM" on the clock of a zone, for input fields. */
export function clockOf(instant: string, zone: string): string {
  const options = { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: zone } as const;
  return format("en-GB", options).format(new Date(instant));
}

/**
 * Returns the first instant at which the clock of a column shows "HH:MM", or null if it never does.
 */
export function instantOf(column: Column, clock: string): string | null {
  const match = /^(\d{1,2}):(\d{2})$/.exec(clock);
  if (!match) return null;
  const wanted = `${(match[1] ?? "").padStart(2, "0")}:${match[2]}`;
  const guess = Number(match[1]) * 60 + Number(match[2]);
  // The clock may have changed since the day began, by half an hour or an hour.
  for (const off of [0, -60, 60, -30, 30]) {
    const minutes = guess + off;
    if (minutes < 0 || minutes >= lengthOf(column)) continue;
    const instant = instantAt(column, minutes);
    if (clockOf(instant, column.time_zone) === wanted) return instant;
  }
  return null;
}

/** Returns the option that writes the year of a day, unless it is the present year. */
const yearOf = (day: string): { year?: "numeric" } =>
  Number(day.slice(0, 4)) === new Date().getFullYear() ? {} : { year: "numeric" };

const DAY = 24 * 60 * MINUTE;
const dayStart = (day: string) => Date.parse(`${day}T00:00:00Z`);

export const addDays = (day: string, count: number) =>
  new Date(dayStart(day) + count * DAY).toISOString().slice(0, 10);

/** Returns the first day of a day's week. Weeks begin on Monday. */
export const weekOf = (day: string) =>
  addDays(day, -((new Date(dayStart(day)).getUTCDay() + 6) % 7));

/** Returns the local day of an instant in a zone. */
export function dayIn(instant: number, zone: string): string {
  const options = { year: "numeric", month: "2-digit", day: "2-digit", timeZone: zone } as const;
  return format("en-CA", options).format(instant);
}

export const isDay = (text: string) =>
  /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(dayStart(text)) && addDays(text, 0) === text;
