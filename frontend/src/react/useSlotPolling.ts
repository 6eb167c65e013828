import { useEffect, useMemo, useState } from "react";
import { send } from "../api/send";
import type { Board, Business, ClaimingState, DayView, Slot } from "../api/wire";
import { wallTime } from "../booking/format";
import type { Environment } from "../feed/environment";
import type { FeedState, FeedStatus } from "../feed/feed";
import { followBoard } from "../feed/feeds";
import { claimedStarts } from "../feed/grid";
import { useFeed } from "./useFeed";
import { useSlots } from "./useSlots";

export interface SlotPollingOptions {
  environment: Environment;
  date: string | null;
  /** Nobody in particular is null; a board is followed only with somebody. */
  employeeId: number | null;
  enabled: boolean;
  /** The public claim by which the caller is known on the board: its own is never listed. */
  clientId: string | null;
  /** The caller's own time while it has no claim to be known by. */
  selectedTime: string | null;
  /** The claim of the appointment that is being moved. */
  excludeAppointmentId: string | null;
  /** Follows the service's day with it, the employee's board without it. */
  serviceId?: number;
}

export interface SlotPolling {
  /** Times held by others, as local "HH:MM". */
  activeSelections: string[];
  bookedSlots: string[];
  /** Times that are being booked. */
  lockedSlots: string[];
  isConnected: boolean;
  status: FeedStatus;
  /** The slots of the service's day; null while they can't be told. */
  slots: readonly Slot[] | null;
  tz: string | null;
  revision: string | null;
  degraded: readonly string[];
  /** As of the latest render: an answer that changes nothing causes none. */
  lastUpdate: number | null;
  pollCount: number;
  refresh(): void;
}

export function useSlotPolling(options: SlotPollingOptions): SlotPolling {
  const { environment, date, employeeId, enabled, serviceId } = options;
  const followsDay = enabled && date !== null && serviceId !== undefined;
  const followsBoard = enabled && date !== null && serviceId === undefined && employeeId !== null;
  const day = useSlots({
    environment,
    serviceId: serviceId ?? 0,
    day: date ?? "",
    resourceId: employeeId,
    enabled: followsDay,
  });
  const boardFeed = useMemo(
    () => (followsBoard ? followBoard(environment, employeeId, date) : null),
    [environment, followsBoard, employeeId, date],
  );
  const board = useFeed(boardFeed);
  const interval = useSlotInterval(environment, followsBoard);

  const state: FeedState<DayView | Board> = followsBoard ? board : day.state;
  const feed = followsBoard ? boardFeed : day.feed;
  const view = "view" in state && !state.view.degraded.includes("unknown") ? state.view : null;
  const { clientId, excludeAppointmentId, selectedTime } = options;
  const lists = useMemo(() => {
    const own = new Set([clientId, excludeAppointmentId].filter((claim) => claim !== null));
    const times = (claimed: ClaimingState) =>
      view === null ? [] : startsInState(view, claimed, own, interval);
    return {
      activeSelections: times("held").filter((time) => clientId !== null || time !== selectedTime),
      bookedSlots: times("taken"),
      lockedSlots: times("pending"),
    };
  }, [view, clientId, excludeAppointmentId, selectedTime, interval]);

  return {
    ...lists,
    isConnected: state.status === "live" || state.status === "polling",
    status: view === null && "view" in state ? "unknown" : state.status,
    slots: view !== null && "slots" in view ? view.slots : null,
    tz: view?.tz ?? null,
    revision: view?.revision ?? null,
    degraded: view?.degraded ?? [],
    lastUpdate: feed?.answeredAt ?? null,
    pollCount: feed?.answers ?? 0,
    refresh: () => feed?.refresh(),
  };
}

function startsInState(
  view: DayView | Board,
  state: ClaimingState,
  own: ReadonlySet<string>,
  interval: number | null,
): string[] {
  if ("slots" in view) {
    return view.slots
      .filter((slot) => slot.state === state && slot.claims.some((claim) => !own.has(claim)))
      .map((slot) => wallTime(slot.starts_at, view.tz));
  }
  if (interval === null) return [];
  return claimedStarts(view, state, interval, own).map((start) => wallTime(start, view.tz));
}

function useSlotInterval(environment: Environment, wanted: boolean): number | null {
  const [interval, setInterval] = useState<number | null>(null);
  useEffect(() => {
    if (!wanted) return;
    send<Business>(environment, "/business").then(
      (business) => setInterval(business.slot_interval),
      () => setInterval(null),
    );
  }, [environment, wanted]);
  return interval;
}
