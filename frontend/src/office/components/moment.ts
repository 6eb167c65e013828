/** A page without a language has that of the browser. */
const LANGUAGE = document.documentElement.lang || undefined;
const MOMENT = new Intl.DateTimeFormat(LANGUAGE, {
  dateStyle: "medium",
  timeStyle: "short",
});

/** An instant as people in this place and language write it. */
export const moment = (instant: string) => MOMENT.format(new Date(instant));

const inZones = new Map<string, Intl.DateTimeFormat>();

/** An instant on the clock of a zone, wherever one reads it. */
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
