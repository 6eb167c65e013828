import { dayOf, wallTime } from "../../core/localTime";
import { fill, number, pluralForm, texts } from "../texts";
import { dayAndTime, duration, longDay, MINUTE, time, zoneName } from "./format";

/** The present names of cities that browsers call by an old name. */
const RENAMED: Record<string, string> = {
  Calcutta: "Kolkata",
  Katmandu: "Kathmandu",
  Kiev: "Kyiv",
  Rangoon: "Yangon",
  Saigon: "Ho Chi Minh City",
};

/** "New York". A zone that isn't named after a city has its own name: "UTC", "GMT-5". */
export function cityOf(zone: string): string {
  if (!hasCity(zone)) return zoneName(zone, Date.now());
  const city = zone.slice(zone.lastIndexOf("/") + 1).replaceAll("_", " ");
  return RENAMED[city] ?? city;
}

const hasCity = (zone: string) => zone.includes("/") && !zone.startsWith("Etc/");

/** "Berlin time" */
export const zoneInWords = (zone: string) =>
  hasCity(zone) ? fill(texts.zoneTime, { city: cityOf(zone) }) : cityOf(zone);

/** "Wednesday 25 November, 10:00 Berlin time" */
export const moment = (instant: string, zone: string) =>
  `${dayAndTime(longDay(dayOf(instant, zone)), time(instant, zone))} ${zoneInWords(zone)}`;

const clock = (instant: number | string, zone: string) => {
  const at = new Date(instant).toISOString();
  return Date.parse(`${dayOf(at, zone)}T${wallTime(at, zone)}Z`);
};

/** Returns by how many minutes the clocks of `zone` are ahead of those of `other` at an instant. */
export const minutesAhead = (zone: string, other: string, instant: number | string) =>
  (clock(instant, zone) - clock(instant, other)) / MINUTE;

/**
 * Says on which other day of its zone a time is: "+1 day". It is empty if it is on `day` itself.
 */
export function dayShift(instant: string, zone: string, day: string): string {
  const days = (Date.parse(dayOf(instant, zone)) - Date.parse(day)) / (24 * 60 * MINUTE);
  if (days === 0) return "";
  const count = number(days, { signDisplay: "always" });
  return fill(pluralForm(texts.dayShift, Math.abs(days)), { count });
}

/**
 * Writes the chosen time in the other zone: in the visitor's, or in that of the business if the
 * visitor's own times are shown. It is empty if both clocks show the same.
 */
export function formatInOtherZone(instant: string, { shown, own, days }: Seen): string {
  const other = shown === own ? days : own;
  if (minutesAhead(other, shown, instant) === 0) return "";
  const shift = dayShift(instant, other, dayOf(instant, shown));
  const at = [time(instant, other), shift && `(${shift})`].filter(Boolean).join(" ");
  return shown === own
    ? fill(texts.timeThere, { time: at, city: cityOf(other) })
    : fill(texts.forYou, { time: at });
}

interface Seen {
  shown: string;
  own: string;
  days: string;
}

/** Says that the visitor is in another time zone, and whose times are shown. */
export function whereabouts({ own, shown, days }: Seen, now: number): string {
  const ahead = minutesAhead(own, days, now);
  const difference = duration(Math.abs(ahead));
  const seem = ahead > 0 ? texts.seemAhead : texts.seemBehind;
  const times = fill(texts.timesIn, { zone: zoneInWords(shown) });
  return `${fill(seem, { own: cityOf(own), difference })} ${times}`;
}
