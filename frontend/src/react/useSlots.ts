import { useMemo } from "react";
import type { DayView } from "../api/wire";
import type { Environment } from "../feed/environment";
import type { FeedState } from "../feed/feed";
import { followDay } from "../feed/feeds";
import { useFeed } from "./useFeed";

/** The slots of a service's day, kept current. */
export function useSlots(
  environment: Environment,
  serviceId: number,
  resourceId: number | undefined,
  day: string,
): FeedState<DayView> {
  const feed = useMemo(
    () => followDay(environment, serviceId, resourceId, day),
    [environment, serviceId, resourceId, day],
  );
  return useFeed(feed);
}
