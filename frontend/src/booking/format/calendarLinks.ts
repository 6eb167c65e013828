import type { Interval } from "../../core/wire";

/** The content of an entry in somebody's calendar. */
export interface CalendarEntry extends Interval {
  title: string;
  details: string;
  place: string | null;
}

/** Returns a link that opens a new, filled-in entry in Google's calendar. */
export function googleLink({ title, details, place, starts_at, ends_at }: CalendarEntry): string {
  return link("https://calendar.google.com/calendar/render", {
    action: "TEMPLATE",
    text: title,
    dates: `${compact(starts_at)}/${compact(ends_at)}`,
    details,
    location: place,
  });
}

/** Returns a link that opens a new, filled-in entry in Outlook on the web. */
export function outlookLink({ title, details, place, starts_at, ends_at }: CalendarEntry): string {
  return link("https://outlook.live.com/calendar/0/deeplink/compose", {
    path: "/calendar/action/compose",
    rru: "addevent",
    subject: title,
    startdt: toTheSecond(starts_at),
    enddt: toTheSecond(ends_at),
    body: details,
    location: place,
  });
}

/** Puts values into an address. Spaces become %20, because Outlook shows a plus as it is. */
function link(page: string, values: Record<string, string | null>): string {
  const parts = Object.entries(values).flatMap(([name, value]) =>
    value === null ? [] : `${name}=${encodeURIComponent(value)}`,
  );
  return `${page}?${parts.join("&")}`;
}

/** "2026-11-25T09:00:00Z" */
const toTheSecond = (instant: string) => `${new Date(instant).toISOString().slice(0, 19)}Z`;

/** "20261125T090000Z" */
const compact = (instant: string) => toTheSecond(instant).replace(/[-:]/g, "");
