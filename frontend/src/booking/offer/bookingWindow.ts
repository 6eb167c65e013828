import { dayOf } from "../../core/localTime";
import type { Resource, Service, Slot } from "../../core/wire";
import { addDays, later } from "../format/calendar";

/** Without a limit, the month view goes ten years ahead. */
const FAR = 3650;

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

/** How far ahead a service can be booked. */
export interface BookingWindow {
  /** The last day of the view's zone on which something may be booked. */
  lastDay: string;
  /** Whether a slot begins within the window of one of the people who are in its state. */
  contains(slot: Pick<Slot, "starts_at" | "resource_ids">): boolean;
}

/** The days ahead are local days of each resource; `viewZone` is the one of the view. */
export function bookingWindow(
  service: Pick<Service, "booking_window_days">,
  resources: readonly Pick<Resource, "id" | "time_zone">[],
  viewZone: string,
  now: number,
): BookingWindow {
  const lastIn = (zone: string) => addDays(dayOf(now, zone), service.booking_window_days ?? FAR);
  const ends = new Map(
    resources.map(({ id, time_zone: zone }) => [id, { zone, last: lastIn(zone) }]),
  );
  const zones = new Map([...ends.values()].map(({ zone, last }) => [zone, last]));
  const lastDays = [...zones].map(([zone, last]) =>
    zone === viewZone ? last : dayOf(lastMinuteOf(last, zone), viewZone),
  );
  return {
    lastDay: lastDays.length > 0 ? lastDays.reduce(later) : lastIn(viewZone),
    contains: ({ starts_at, resource_ids }) =>
      resource_ids.some((id) => {
        const end = ends.get(id);
        return end === undefined || dayOf(starts_at, end.zone) <= end.last;
      }),
  };
}

/** The last whole minute of a local day, found by binary search. */
function lastMinuteOf(day: string, zone: string): number {
  let within = Date.parse(`${day}T00:00Z`) - DAY;
  let beyond = within + 4 * DAY;
  while (beyond - within > MINUTE) {
    const middle = within + Math.floor((beyond - within) / 2 / MINUTE) * MINUTE;
    if (dayOf(middle, zone) <= day) within = middle;
    else beyond = middle;
  }
  return within;
}
