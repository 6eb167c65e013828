/** Every date, time and amount on the page is written here. Days are "2026-11-25", times "10:00". */

const preferred = typeof navigator === "undefined" ? "en-GB" : navigator.language;
/** The page speaks English; how hours are counted and which day starts a week is the visitor's. */
const locale = preferred.startsWith("en") ? preferred : "en-GB";
const hour12 =
  new Intl.DateTimeFormat(preferred, { hour: "numeric" }).resolvedOptions().hour12 ?? false;

const formats = new Map<string, Intl.DateTimeFormat>();

function format(zone: string, options: Intl.DateTimeFormatOptions, language = locale) {
  const name = `${language} ${zone} ${JSON.stringify(options)}`;
  const kept = formats.get(name);
  if (kept) return kept;
  const made = new Intl.DateTimeFormat(language, { timeZone: zone, ...options });
  formats.set(name, made);
  return made;
}

/** The local day of an instant. */
export function dayOf(instant: string | number, zone: string): string {
  const options = { year: "numeric", month: "2-digit", day: "2-digit" } as const;
  return format(zone, options, "en-CA").format(new Date(instant));
}

/** The local wall time of an instant, as "10:00". */
export function wallTime(instant: string, zone: string): string {
  const options = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" } as const;
  return format(zone, options, "en-GB").format(new Date(instant));
}

/** The same for people, in their habit: "10:00" or "10:00 AM". */
export function time(instant: string, zone: string): string {
  return format(zone, { hour: hour12 ? "numeric" : "2-digit", minute: "2-digit", hour12 }).format(
    new Date(instant),
  );
}

const noon = (day: string) => new Date(`${day}T12:00:00Z`);

/** "Wednesday 25 November" */
export const longDay = (day: string) =>
  format("UTC", { weekday: "long", day: "numeric", month: "long" }).format(noon(day));

/** "Wed 25 Nov" */
export const shortDay = (day: string) =>
  format("UTC", { weekday: "short", day: "numeric", month: "short" }).format(noon(day));

/** "November 2026" */
export const monthTitle = (month: string) =>
  format("UTC", { month: "long", year: "numeric" }).format(noon(`${month}-01`));

/** "Mon", and "Monday" for those who hear it. */
export const weekday = (day: string, length: "short" | "long") =>
  format("UTC", { weekday: length }).format(noon(day));

export const dayNumber = (day: string) => String(Number(day.slice(8)));

/** "Berlin time (GMT+1)", "UTC" */
export function zoneName(zone: string, instant: number): string {
  if (zone === "UTC" || zone === "Etc/UTC") return "UTC";
  const parts = format(zone, { timeZoneName: "shortOffset" }).formatToParts(instant);
  const offset = parts.find((part) => part.type === "timeZoneName")?.value ?? "";
  const place = zone.slice(zone.lastIndexOf("/") + 1).replaceAll("_", " ");
  return `${place} time (${offset})`;
}

export const visitorZone = () => new Intl.DateTimeFormat().resolvedOptions().timeZone;

/** 0 is Sunday. */
export function firstWeekday(): number {
  const { getWeekInfo } = new Intl.Locale(preferred) as Intl.Locale & {
    getWeekInfo?: () => { firstDay: number };
  };
  return getWeekInfo ? getWeekInfo.call(new Intl.Locale(preferred)).firstDay % 7 : 1;
}

export function price(amount: string, currency: string): string {
  return new Intl.NumberFormat(locale, { style: "currency", currency }).format(Number(amount));
}

/** "45 min", "1 h", "1 h 30 min" */
export function duration(minutes: number): string {
  const hours = Math.floor(minutes / 60);
  const rest = minutes % 60;
  return [hours > 0 && `${hours} h`, rest > 0 && `${rest} min`].filter(Boolean).join(" ");
}

/** "3:05" */
export function countdown(milliseconds: number): string {
  const seconds = Math.max(0, Math.ceil(milliseconds / 1_000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}
