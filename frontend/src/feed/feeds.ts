import { boardPath, dayPath } from "../api/paths";
import type { Board, DayView } from "../api/wire";
import type { Environment } from "./environment";
import { createFeed, type Feed } from "./feed";
import { pollingSource } from "./polling";

/** Follows a service's day: over all its resources, or over one. */
export function followDay(
  environment: Environment,
  serviceId: number,
  resourceId: number | undefined,
  day: string,
): Feed<DayView> {
  const path = dayPath(serviceId, resourceId, day);
  return createFeed(environment, pollingSource<DayView>(environment, path));
}

/** Follows a resource's board of one day. */
export function followBoard(
  environment: Environment,
  resourceId: number,
  day: string,
): Feed<Board> {
  return createFeed(environment, pollingSource<Board>(environment, boardPath(resourceId, day)));
}
