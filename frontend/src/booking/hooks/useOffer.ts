import { useEffect, useRef, useState } from "react";
import { dayOf } from "../../core/localTime";
import type { Service } from "../../core/wire";
import type { FeedStatus } from "../../feed/feed";
import { useChanges } from "../../react/useChanges";
import { useSlots } from "../../react/useSlots";
import { activeChoice, type Claim } from "../claims/claim";
import { earlier, firstDayOf, later, monthOf } from "../format/calendar";
import { monthDays } from "../format/monthDays";
import { bookingWindow } from "../offer/bookingWindow";
import type { Catalog } from "../offer/catalog";
import { countFree, isNear, type OwnTime, type ShownSlot, shownSlots } from "../offer/slots";
import { zoneOf } from "../offer/timeZone";
import { useClaim, usePageServices } from "../pageServices";
import { resourceOf, type Staff } from "../route";
import { firstFree, isEmpty, type MonthState, useMonth } from "./useMonth";
import { type NextFree, useNextFree } from "./useNextFree";
import { useServerNow } from "./useRepeatedly";

export interface OfferWanted {
  catalog: Catalog;
  service: Service;
  staff: Staff;
  day: string | null;
  /** The booking that is being moved. It doesn't make its own time busy. */
  moved?: OwnTime | null;
}

/**
 * What can be booked of a service: its month, the times of the open day, and the next free time.
 */
export interface Offer {
  today: string;
  lastDay: string;
  month: string;
  showMonth(month: string): void;
  monthState: MonthState;
  status: FeedStatus;
  slots: ShownSlot[] | null;
  /** The first day within the booking window that has a free time. */
  firstDay: string | null;
  /** The next free time. If the shown month has none, it is the first one after that month. */
  nextFree: NextFree | null;
  isMonthEmpty: boolean;
  isSearching: boolean;
  isNothingFree: boolean;
}

export function useOffer({ catalog, service, staff, day, moved = null }: OfferWanted): Offer {
  const { environment, keeper, ownClaims } = usePageServices();
  const { claim, refusal, pendingChoice } = useClaim();
  useChanges(ownClaims);
  const resourceId = resourceOf(staff);
  const now = useServerNow(20_000);
  const timeZone = zoneOf(catalog, service, staff);
  const today = dayOf(now, timeZone);
  const ids = resourceId === undefined ? service.resource_ids : [resourceId];
  const serving = catalog.resources.filter(({ id }) => ids.includes(id));
  const window = bookingWindow(service, serving, timeZone, now);
  const terms = { service, window, now };
  const last = window.lastDay;

  const monthOfDay = monthOf(earlier(later(day ?? today, today), last));
  const isShownIn = (shown: string) => day === null || monthDays(shown, today).includes(day);
  const [month, showMonth] = useState(isShownIn(monthOf(today)) ? monthOf(today) : monthOfDay);
  const lastOpened = useRef(day);
  useEffect(() => {
    if (lastOpened.current !== day && !isShownIn(month)) showMonth(monthOfDay);
    lastOpened.current = day;
  });
  const asked = { serviceId: service.id, resourceId, month, today, lastDay: last };

  const chosen = chosenStart(claim, service.id, resourceId);
  const { state, refresh } = useSlots(environment, service.id, resourceId, day);
  const view = "view" in state ? state.view : null;
  const openedAt = useFirstSeen(`${service.id} ${day}`);
  const claims = ownClaims.all.map((own) => ({
    ...own,
    isOfThisTab: ownClaims.isOfThisTab(own),
  }));
  const own = { chosen, claims, moved };
  const slots = useSteady(
    view && shownSlots(view.slots, timeZone, own, terms, openedAt),
    pendingChoice?.starts_at,
    service,
  );

  const { status } = state;
  const monthState = useMonth(asked, {
    day,
    free: view && countFree(view.slots, terms),
    isUnknown: status === "unknown",
  });

  const lastShown = useRef({ claim, refusal });
  useEffect(() => {
    const before = lastShown.current;
    if (before.claim === claim && before.refusal === refusal) return;
    lastShown.current = { claim, refusal };
    if (status !== "connecting") refresh();
  });

  const isReached = status === "live" || status === "polling";
  useEffect(() => {
    if (isReached) keeper.clearUnreachable();
  }, [keeper, isReached]);

  const isAnyShownFree = (state: MonthState) =>
    state.kind === "known" && monthDays(month, today).some((shown) => state.free[shown]);
  const isMonthEmpty = isEmpty(monthState, month) && !isAnyShownFree(monthState);
  const first = firstFree(monthState, today, last);
  const onward = firstFree(monthState, later(today, firstDayOf(month)), last);
  const next = isMonthEmpty && onward.kind !== "nothing" ? onward : first;
  const nextDay = next.kind === "found" ? next.day : null;
  const nextFree = useNextFree({ service, resourceId, first: nextDay, openDay: day, slots });

  return {
    today,
    lastDay: last,
    month,
    showMonth,
    monthState,
    status,
    slots,
    firstDay: first.kind === "found" ? first.day.day : null,
    nextFree,
    isMonthEmpty,
    isSearching: monthState.kind === "known" && next.kind === "unknown",
    isNothingFree: first.kind === "nothing",
  };
}

/**
 * Keeps times free while a request of this visitor is on its way. The visitor's own request makes
 * its start and those around it busy, and the page learns that before it learns that the claim is
 * the visitor's own.
 */
function useSteady(
  slots: ShownSlot[] | null,
  asked: string | undefined,
  service: Service,
): ShownSlot[] | null {
  const free = useRef<ReadonlySet<string>>(new Set());
  if (asked === undefined) {
    const known = (slots ?? []).filter(({ state }) => state === "free");
    free.current = new Set(known.map(({ startsAt }) => startsAt));
    return slots;
  }
  const isSteady = ({ startsAt, state }: ShownSlot) =>
    (state === "held" || state === "pending") &&
    free.current.has(startsAt) &&
    isNear(startsAt, asked, service);
  return slots?.map((slot) => (isSteady(slot) ? { ...slot, state: "free" } : slot)) ?? null;
}

/** Returns the server's time at which the hook first got this `key`. */
function useFirstSeen(key: string): number {
  const { serverClock } = usePageServices().environment;
  const seen = useRef<{ key: string; at: number } | null>(null);
  if (seen.current?.key !== key) seen.current = { key, at: serverClock.now() };
  return seen.current.at;
}

/** Returns the start that the visitor has claimed, if this service and resource are shown. */
function chosenStart(
  claim: Claim,
  serviceId: number,
  resourceId: number | undefined,
): string | null {
  const choice = activeChoice(claim);
  if (choice?.service_id !== serviceId) return null;
  const holder = "own" in claim ? claim.own.resource_id : choice.resource_id;
  return resourceId === undefined || holder === resourceId ? choice.starts_at : null;
}
