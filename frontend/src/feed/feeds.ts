import type { Board, DayView } from "../api/wire";
import type { Environment } from "./environment";
import { Feed } from "./feed";
import { PollingSource } from "./polling";

/** Follows a service's day: over all its resources, or over one. */
export function followDay(
  environment: Environment,
  serviceId: number,
  day: string,
  resourceId: number | null,
): Feed<DayView> {
  const only = resourceId === null ? "" : `?resource=${resourceId}`;
  const path = `/api/v1/services/${serviceId}/days/${day}${only}`;
  return new Feed(environment, new PollingSource<DayView>(environment, path));
}

/** Follows a resource's board of one day. */
export function followBoard(environment: Environment, resourceId: number, day: string) {
  const path = `/api/v1/boards/${resourceId}/${day}`;
  return new Feed(environment, new PollingSource<Board>(environment, path));
}
