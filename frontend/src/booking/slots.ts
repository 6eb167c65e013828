import type { Service, Slot, SlotState } from "../api/wire";
import { addDays } from "./calendar";
import { dayOf, wallTime } from "./format";

/** As the visitor sees it: `mine` is one's own claim, `closed` a time that has passed meanwhile. */
export type ShownState = SlotState | "mine" | "closed";

export interface ShownSlot {
  startsAt: string;
  time: string;
  state: ShownState;
}

export interface OwnTime {
  claim: string;
  starts_at: string;
}

const MINUTE = 60_000;

/** The earliest start that may still be booked. */
export const earliestStart = (service: Service, now: number) => now + service.notice * MINUTE;

/** Without a limit, as far ahead as anybody leafs: ten years. */
const FAR = 3650;

export const lastDay = (service: Service, today: string) =>
  addDays(today, service.horizon_days ?? FAR);

export interface Own {
  /** The start that the visitor has in hand on this page. */
  chosen: string | null;
  /** Every claim of this browser, as the other viewers see them. */
  claims: readonly OwnTime[];
}

/** The slots of a day that could be booked when it was opened, each as it is now. */
export function shownSlots(
  slots: readonly Slot[],
  tz: string,
  own: Own,
  service: Service,
  openedAt: number,
  now: number,
): ShownSlot[] {
  const horizon = lastDay(service, dayOf(now, tz));
  return slots
    .map((slot) => ({ slot, state: stateFor(slot, own) }))
    .filter(
      ({ slot, state }) =>
        state === "mine" ||
        (Date.parse(slot.starts_at) >= earliestStart(service, openedAt) &&
          dayOf(slot.starts_at, tz) <= horizon),
    )
    .map(({ slot, state }) => {
      const isTooLate = Date.parse(slot.starts_at) < earliestStart(service, now);
      return {
        startsAt: slot.starts_at,
        time: wallTime(slot.starts_at, tz),
        state: isTooLate && state === "free" ? "closed" : state,
      };
    });
}

/** How many times of a day aren't booked, as the month counts them: a hold passes within minutes. */
export function countFree(slots: readonly Slot[], tz: string, service: Service, now: number) {
  const horizon = lastDay(service, dayOf(now, tz));
  return slots.filter(
    ({ state, starts_at }) =>
      (state === "free" || state === "held") &&
      Date.parse(starts_at) >= earliestStart(service, now) &&
      dayOf(starts_at, tz) <= horizon,
  ).length;
}

/** One's own claim makes its own start `mine`, and never stands in the way of another start. */
function stateFor(slot: Slot, own: Own): SlotState | "mine" {
  const ownClaims = own.claims.filter(({ claim }) => slot.claims.includes(claim));
  if (own.chosen === slot.starts_at) return "mine";
  if (ownClaims.some((own) => own.starts_at === slot.starts_at)) return "mine";
  const isOnlyMine = slot.claims.length > 0 && ownClaims.length === slot.claims.length;
  return isOnlyMine && slot.state !== "taken" ? "free" : slot.state;
}

export interface Part<Slotted> {
  name: "morning" | "afternoon" | "evening";
  slots: Slotted[];
}

/** Morning, afternoon and evening; empty ones are left out. */
export function partsOfDay<Slotted extends { time: string }>(slots: Slotted[]): Part<Slotted>[] {
  const between = (from: string, to: string) =>
    slots.filter(({ time }) => time >= from && time < to);
  const parts: Part<Slotted>[] = [
    { name: "morning", slots: between("00:00", "12:00") },
    { name: "afternoon", slots: between("12:00", "17:00") },
    { name: "evening", slots: between("17:00", "24:00") },
  ];
  return parts.filter((part) => part.slots.length > 0);
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
