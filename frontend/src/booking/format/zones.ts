import { dayOf, wallTime } from "../../core/localTime";
import { fill, number, pluralForm, texts } from "../texts";
import { dayAndTime, duration, longDay, MINUTE, time, zoneName } from "./format";

/** What browsers call by its old name. */
const RENAMED: Record<string, string> = {
  Calcutta: "Kolkata",
  Katmandu: "Kathmandu",
  Kiev: "Kyiv",
  Rangoon: "Yangon",
  Saigon: "Ho Chi Minh City",
};

/** "New York"; the zone itself where it is named by no city: "UTC", "GMT-5". */
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

/** How many minutes later the clocks of one zone show then. */
export const minutesAhead = (zone: string, other: string, instant: number | string) =>
  (clock(instant, zone) - clock(instant, other)) / MINUTE;

/** "+1 day": on which other day of its zone a time is; empty on the day itself. */
export function dayShift(instant: string, zone: string, day: string): string {
  const days = (Date.parse(dayOf(instant, zone)) - Date.parse(day)) / (24 * 60 * MINUTE);
  if (days === 0) return "";
  const count = number(days, { signDisplay: "always" });
  return fill(pluralForm(texts.dayShift, Math.abs(days)), { count });
}

/** The chosen time for the visitor; for those who see their own time, that of the business. */
export function inOtherZone(instant: string, { shown, own, days }: Seen): string {
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

/** That the visitor is elsewhere, and whose times are shown. */
export function whereabouts({ own, shown, days }: Seen, now: number): string {
  const ahead = minutesAhead(own, days, now);
  const difference = duration(Math.abs(ahead));
  const seem = ahead > 0 ? texts.seemAhead : texts.seemBehind;
  const times = fill(texts.timesIn, { zone: zoneInWords(shown) });
  return `${fill(seem, { own: cityOf(own), difference })} ${times}`;
}
