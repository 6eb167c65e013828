/** Writes local days and times of a time zone. */

const formats = new Map<string, Intl.DateTimeFormat>();

/**
 * Returns the formatter of a zone and language. Each is created only once, because that is slow.
 */
export function formatOf(
  timeZone: string,
  options: Intl.DateTimeFormatOptions,
  locale: string,
): Intl.DateTimeFormat {
  const name = locale + timeZone + JSON.stringify(options);
  const known = formats.get(name) ?? new Intl.DateTimeFormat(locale, { timeZone, ...options });
  formats.set(name, known);
  return known;
}

/** Writes a local time as "2026-11-25 10:00", which is the Swedish format. */
const local = (instant: string | number, zone: string) =>
  formatOf(zone, { dateStyle: "short", timeStyle: "short" }, "sv").format(new Date(instant));

/** "2026-11-25" */
export const dayOf = (instant: string | number, zone: string) => local(instant, zone).slice(0, 10);

/** "10:00" */
export const wallTime = (instant: string, zone: string) => local(instant, zone).slice(11);
