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
  /** Null: any employee. A board is followed only for one employee. */
  employeeId: number | null;
  enabled: boolean;
  /** The public claim by which the caller is known on the board: its own is never listed. */
  clientId: string | null;
  /** The caller's own time while it has no claim to be known by. */
  selectedTime: string | null;
  /** The claim of the appointment that is being moved. */
  excludeAppointmentId: string | null;
  /** Follows the service's day with it, the employee's board without it. */
  serviceId?: number | undefined;
  /** The grid of a board, in minutes. */
  slotInterval?: number;
}

export interface SlotPolling {
  /** Times held by others, as local "HH:MM". */
  activeSelections: string[];
  bookedSlots: string[];
  /** Times that are being booked. */
  lockedSlots: string[];
  isConnected: boolean;
  status: FeedStatus;
  /** The slots of the service's day; null while they are unknown. */
  slots: readonly Slot[] | null;
  timeZone: string | null;
  revision: string | null;
  /** As of the latest render: an answer that changes nothing causes none. */
  lastUpdate: number | null;
  pollCount: number;
  refresh(): void;
}

/** The times of a day that others have claimed: by a stream, or by a poll each second. */
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
