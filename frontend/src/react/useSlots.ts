import { useMemo } from "react";
import type { Environment } from "../core/environment";
import type { DayView } from "../core/wire";
import type { FeedState } from "../feed/feed";
import { followDay } from "../feed/feeds";
import { useFeed } from "./useFeed";

export interface Slots {
  state: FeedState<DayView>;
  /** Polls now, unless a stream is open. */
  refresh(): void;
}

/** Returns the slots of a service's day and keeps them current. Without a day there are none. */
export function useSlots(
  environment: Environment,
  serviceId: number,
  resourceId: number | undefined,
  day: string | null,
): Slots {
  const feed = useMemo(
    () => (day === null ? null : followDay(environment, serviceId, resourceId, day)),
    [environment, serviceId, resourceId, day],
  );
  return { state: useFeed(feed), refresh: () => feed?.refresh() };
}
