import { useMemo } from "react";
import type { Environment } from "../core/environment";
import { wallTime } from "../core/localTime";
import type { Board, ClaimingState, DayView, Slot } from "../core/wire";
import { claimedStarts } from "../feed/claimedStarts";
import type { FeedStatus } from "../feed/feed";
import { followBoard, followDay } from "../feed/feeds";
import { useFeed } from "./useFeed";

export interface SlotPollingOptions {
  environment: Environment;
  date: string | null;
  /** The employee, or null for anyone. A board is followed only for one employee. */
  employeeId: number | null;
  enabled: boolean;
  /** The public claim id of the caller on the board. The caller's own claim is never listed. */
  clientId: string | null;
  /** The caller's own time, while the caller has no claim id. */
  selectedTime: string | null;
  /** The claim of the appointment that is being moved. */
  excludeAppointmentId: string | null;
  /** With a service, the service's day is followed, and without one the employee's board. */
  serviceId?: number | undefined;
  /** The minutes between two starts on a board. */
  slotInterval?: number;
}

export interface SlotPolling {
  /** The times that others hold, as local "HH:MM". */
  activeSelections: string[];
  bookedSlots: string[];
  /** The times that others are booking, which are in checkout. */
  lockedSlots: string[];
  isConnected: boolean;
  status: FeedStatus;
  /** The slots of the service's day, or null while they are unknown. */
  slots: readonly Slot[] | null;
  timeZone: string | null;
  revision: string | null;
  /**
   * The time of the last answer at the latest render. An answer that changes nothing causes no
   * render.
   */
  lastUpdate: number | null;
  pollCount: number;
  refresh(): void;
}

/**
 * Returns the times of a day that others have claimed. They come from a stream, or from a poll each
 * second.
 */
export function useSlotPolling(options: SlotPollingOptions): SlotPolling {
  const { environment, date, employeeId, enabled, serviceId, slotInterval = 30 } = options;
  const { clientId, selectedTime, excludeAppointmentId } = options;
  const feed = useMemo(() => {
    if (!enabled || date === null) return null;
    if (serviceId !== undefined) {
      return followDay(environment, serviceId, employeeId ?? undefined, date);
    }
    return employeeId === null ? null : followBoard(environment, employeeId, date);
  }, [environment, enabled, serviceId, employeeId, date]);
  const state = useFeed<DayView | Board>(feed);
  const view = "view" in state ? state.view : null;

  const lists = useMemo(() => {
    const own = [clientId, excludeAppointmentId].filter((claim) => claim !== null);
    const times = (claimed: ClaimingState) =>
      view
        ? claimedStarts(view, claimed, own, slotInterval).map((start) =>
            wallTime(start, view.time_zone),
          )
        : [];
    return {
      activeSelections: times("held").filter((time) => clientId !== null || time !== selectedTime),
      bookedSlots: times("taken"),
      lockedSlots: times("pending"),
    };
  }, [view, clientId, excludeAppointmentId, selectedTime, slotInterval]);

  return {
    ...lists,
    isConnected: state.status === "live" || state.status === "polling",
    status: state.status,
    slots: view && "slots" in view ? view.slots : null,
    timeZone: view?.time_zone ?? null,
    revision: view?.revision ?? null,
    lastUpdate: feed?.answeredAt ?? null,
    pollCount: feed?.answers ?? 0,
    refresh: () => feed?.refresh(),
  };
}
