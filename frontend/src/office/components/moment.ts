/** The language of the page, or that of the browser if the page has none. */
const LANGUAGE = document.documentElement.lang || undefined;
const MOMENT = new Intl.DateTimeFormat(LANGUAGE, {
  dateStyle: "medium",
  timeStyle: "short",
});

/** Writes an instant as people of this language do, in the time zone of the browser. */
export const moment = (instant: string) => MOMENT.format(new Date(instant));

const inZones = new Map<string, Intl.DateTimeFormat>();

/** Writes an instant on the clock of a zone, wherever the reader is. */
export function momentIn(instant: string, zone: string): string {
  let format = inZones.get(zone);
  if (!format) {
    format = new Intl.DateTimeFormat(LANGUAGE, {
      dateStyle: "medium",
      timeStyle: "short",
      timeZone: zone,
    });
    inZones.set(zone, format);
  }
  return format.format(new Date(instant));
}
