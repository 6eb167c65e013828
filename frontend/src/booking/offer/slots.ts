import { dayOf, wallTime } from "../../core/localTime";
import type { Service, Slot, SlotState } from "../../core/wire";
import type { BookingWindow } from "./bookingWindow";

/**
 * The state of a slot as the visitor sees it. `mine`: this tab has claimed it. `elsewhere`: another
 * tab of this browser has claimed it. `now`: the start of the booking that is being moved.
 * `closed`: it can't be booked any more, because its start is too near or past.
 */
export type ShownState = SlotState | "mine" | "elsewhere" | "now" | "closed";

export interface ShownSlot {
  startsAt: string;
  time: string;
  state: ShownState;
  /**
   * How many people can still book the slot, or null if that isn't known: the visitor's own claim
   * may be in the way of the class.
   */
  seatsLeft: number | null;
}

export interface OwnTime {
  claim: string;
  starts_at: string;
}

/** A claim of this browser. */
export interface BrowserClaim extends OwnTime {
  isOfThisTab: boolean;
}

const MINUTE = 60_000;

/** Tells whether a time is gone. A held time isn't, because it may become free again. */
export const isGone = ({ state }: ShownSlot) => state === "taken" || state === "closed";

export const endOf = (startsAt: string, { duration }: Service) =>
  new Date(Date.parse(startsAt) + duration * MINUTE).toISOString();

/** Tells whether two starts of a service are too near for one resource to serve both. */
export const isNear = (one: string, other: string, service: Service) =>
  Math.abs(Date.parse(one) - Date.parse(other)) <
  (service.duration + service.buffer_before + service.buffer_after) * MINUTE;

/** Returns the earliest start that can still be booked, by the minimum notice. */
export const earliestStart = (service: Service, now: number) =>
  now + service.minimum_notice * MINUTE;

export interface Own {
  /** The start that the visitor has claimed on this page. */
  chosen: string | null;
  /** Every claim of this browser, by the public claim ids that all viewers see. */
  claims: readonly BrowserClaim[];
  /** The booking that is being moved. */
  moved: OwnTime | null;
}

/** What decides whether a slot can be booked, apart from its state. */
export interface Terms {
  service: Service;
  window: BookingWindow;
  now: number;
}

/**
 * Returns the slots of a day that could be booked when the day was opened, in their present state.
 */
export function shownSlots(
  slots: readonly Slot[],
  timeZone: string,
  own: Own,
  { service, window, now }: Terms,
  openedAt: number,
): ShownSlot[] {
  return slots
    .map((slot) => ({ slot, state: stateFor(slot, own) }))
    .filter(
      ({ slot, state }) =>
        state === "mine" ||
        (Date.parse(slot.starts_at) >= earliestStart(service, openedAt) && window.contains(slot)),
    )
    .map(({ slot, state }) => {
      const isTooLate = Date.parse(slot.starts_at) < earliestStart(service, now);
      return {
        startsAt: slot.starts_at,
        time: wallTime(slot.starts_at, timeZone),
        state: isTooLate && state === "free" ? "closed" : state,
        seatsLeft: state === slot.state ? slot.seats_left : null,
      };
    });
}

/**
 * Counts the times of a day that aren't booked. Held times are included, as in the month, because
 * holds are short.
 */
export function countFree(slots: readonly Slot[], { service, window, now }: Terms) {
  return slots.filter(
    (slot) =>
      (slot.state === "free" || slot.state === "held") &&
      Date.parse(slot.starts_at) >= earliestStart(service, now) &&
      window.contains(slot),
  ).length;
}

/**
 * Returns the state in which the visitor sees a slot. Their own claim makes its start `mine`, and
 * never makes another start busy.
 */
function stateFor(slot: Slot, own: Own): ShownState {
  if (own.chosen === slot.starts_at) return "mine";
  if (own.moved?.starts_at === slot.starts_at) return "now";
  const here = own.claims.filter(
    ({ claim, starts_at }) => starts_at === slot.starts_at && slot.claims.includes(claim),
  );
  if (here.some(({ isOfThisTab }) => !isOfThisTab)) return "elsewhere";
  if (here.length > 0 && own.chosen === null) return "mine";
  return isInNobodysWay(slot, own) ? "free" : slot.state;
}

/** Tells whether on at least one resource all claims are the visitor's own. */
function isInNobodysWay({ state, claims_by_resource }: Slot, { claims, moved }: Own): boolean {
  const mine = new Set(claims.map(({ claim }) => claim));
  if (moved) mine.add(moved.claim);
  return Object.values(claims_by_resource).some(
    (onOne) =>
      onOne.every((claim) => mine.has(claim)) &&
      // If a claim of this browser has become a booking, the time is busy for this visitor, too.
      (state !== "taken" || (moved !== null && onOne.includes(moved.claim))),
  );
}

export interface Part<Slotted> {
  name: "morning" | "afternoon" | "evening";
  day: string;
  slots: Slotted[];
}

/**
 * Groups slots into mornings, afternoons and evenings of a zone. In that zone the slots of one day
 * may be on two dates.
 */
export function partsOfDay<Slotted extends { startsAt: string }>(
  slots: Slotted[],
  zone: string,
): Part<Slotted>[] {
  const parts: Part<Slotted>[] = [];
  for (const slot of slots) {
    const at = wallTime(slot.startsAt, zone);
    const name = at < "12:00" ? "morning" : at < "17:00" ? "afternoon" : "evening";
    const last = parts.at(-1);
    const day = dayOf(slot.startsAt, zone);
    if (last?.name === name && last.day === day) last.slots.push(slot);
    else parts.push({ name, day, slots: [slot] });
  }
  return parts;
}

/** Returns the free starts that are nearest to a time, in their order. */
export function nearestFree(slots: readonly ShownSlot[], startsAt: string, count = 3): string[] {
  const distance = (start: string) => Math.abs(Date.parse(start) - Date.parse(startsAt));
  return slots
    .filter((slot) => slot.state === "free" && slot.startsAt !== startsAt)
    .map((slot) => slot.startsAt)
    .sort((one, other) => distance(one) - distance(other))
    .slice(0, count)
    .sort();
}
