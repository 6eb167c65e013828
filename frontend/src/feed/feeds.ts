import type { Environment } from "../core/environment";
import { boardPath, dayPath } from "../core/paths";
import type { Board, DayView, View } from "../core/wire";
import { createFeed, type Feed } from "./feed";
import { createViewSource } from "./viewSource";

/** Follows a service's day: over all its resources, or over one. */
export function followDay(
  environment: Environment,
  serviceId: number,
  resourceId: number | undefined,
  day: string,
): Feed<DayView> {
  return follow(environment, dayPath(serviceId, resourceId, day));
}

/** Follows a resource's board of one day. */
export function followBoard(
  environment: Environment,
  resourceId: number,
  day: string,
): Feed<Board> {
  return follow(environment, boardPath(resourceId, day));
}

const follow = <Followed extends View>(environment: Environment, path: string): Feed<Followed> =>
  createFeed(environment, createViewSource<Followed>(environment, path));
