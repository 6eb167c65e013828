import { dayOf, wallTime } from "../../core/localTime";
import type { Service, Slot, SlotState } from "../../core/wire";
import type { BookingWindow } from "./bookingWindow";

/**
 * As the visitor sees it: `mine` is what this tab has, `elsewhere` what another tab of this browser
 * has, `now` the start of the booking that is being moved, `closed` a time that has passed since.
 */
export type ShownState = SlotState | "mine" | "elsewhere" | "now" | "closed";

export interface ShownSlot {
  startsAt: string;
  time: string;
  state: ShownState;
  /** How many people can still book it. */
  /** null: it isn't known, because a claim of one's own is in the way of the class. */
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

/** A held time may become free again. */
export const isGone = ({ state }: ShownSlot) => state === "taken" || state === "closed";

export const endOf = (startsAt: string, { duration }: Service) =>
  new Date(Date.parse(startsAt) + duration * MINUTE).toISOString();

/** Whether two starts of a service can't both be booked with one person. */
export const isNear = (one: string, other: string, service: Service) =>
  Math.abs(Date.parse(one) - Date.parse(other)) <
  (service.duration + service.buffer_before + service.buffer_after) * MINUTE;

/** The earliest start that may still be booked. */
export const earliestStart = (service: Service, now: number) =>
  now + service.minimum_notice * MINUTE;

export interface Own {
  /** The start that the visitor has claimed on this page. */
  chosen: string | null;
  /** Every claim of this browser, as the other viewers see them. */
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

/** The slots of a day that could be booked when it was opened, each as it is now. */
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

/** How many times of a day aren't booked. Held times count, as in the month: holds are short. */
export function countFree(slots: readonly Slot[], { service, window, now }: Terms) {
  return slots.filter(
    (slot) =>
      (slot.state === "free" || slot.state === "held") &&
      Date.parse(slot.starts_at) >= earliestStart(service, now) &&
      window.contains(slot),
  ).length;
}

/** A visitor's own claim makes its start `mine`, and never makes another start busy. */
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

/** Whether all claims on at least one resource are the visitor's own. */
function isInNobodysWay({ state, claims_by_resource }: Slot, { claims, moved }: Own): boolean {
  const mine = new Set(claims.map(({ claim }) => claim));
  if (moved) mine.add(moved.claim);
  return Object.values(claims_by_resource).some(
    (onOne) =>
      onOne.every((claim) => mine.has(claim)) &&
      // A claim of this browser that has become a booking blocks its owner as well.
      (state !== "taken" || (moved !== null && onOne.includes(moved.claim))),
  );
}

export interface Part<Slotted> {
  name: "morning" | "afternoon" | "evening";
  day: string;
  slots: Slotted[];
}

/** Morning, afternoon and evening in a zone, in which slots of one day may be on two. */
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

/** The free starts nearest to a time, in order. */
export function nearestFree(slots: readonly ShownSlot[], startsAt: string, count = 3): string[] {
  const distance = (start: string) => Math.abs(Date.parse(start) - Date.parse(startsAt));
  return slots
    .filter((slot) => slot.state === "free" && slot.startsAt !== startsAt)
    .map((slot) => slot.startsAt)
    .sort((one, other) => distance(one) - distance(other))
    .slice(0, count)
    .sort();
}
