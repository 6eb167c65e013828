import { useMemo } from "react";
import type { DayView } from "../api/wire";
import type { Environment } from "../feed/environment";
import type { Feed, FeedState } from "../feed/feed";
import { followDay } from "../feed/feeds";
import { useFeed } from "./useFeed";

export interface SlotsWanted {
  environment: Environment;
  serviceId: number;
  day: string;
  resourceId: number | null;
  enabled?: boolean;
}

/** The slots of a service's day, kept current. */
export function useSlots(wanted: SlotsWanted): {
  state: FeedState<DayView>;
  feed: Feed<DayView> | null;
} {
  const { environment, serviceId, day, resourceId, enabled = true } = wanted;
  const feed = useMemo(
    () => (enabled ? followDay(environment, serviceId, day, resourceId) : null),
    [environment, serviceId, day, resourceId, enabled],
  );
  return { state: useFeed(feed), feed };
}
