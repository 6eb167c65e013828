import { dayOf } from "../../core/localTime";
import type { Resource, Service, Slot } from "../../core/wire";
import { addDays, later } from "../format/calendar";

/** How many days the month view goes ahead if there is no limit: ten years. */
const FAR = 3650;

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

/** How far ahead a service can be booked. */
export interface BookingWindow {
  /** The last day, in the zone of the view, on which something can be booked. */
  lastDay: string;
  /** Tells whether a slot begins within the booking window of at least one of its resources. */
  contains(slot: Pick<Slot, "starts_at" | "resource_ids">): boolean;
}

/**
 * Returns the booking window of a service. It counts local days of each resource; `viewZone` is the
 * zone of the view.
 */
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

/** Returns the last whole minute of a local day, which it finds by binary search. */
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
