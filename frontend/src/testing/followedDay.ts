import { expect } from "vitest";
import type { DayView } from "../core/wire";
import type { Feed } from "../feed/feed";
import { followDay } from "../feed/feeds";
import { answerWith, dayView } from "./views";
import { VirtualEnvironment } from "./virtualEnvironment";

/** One day that is followed in a virtual environment, for the tests of the stream. */

export const PATH = "/api/v1/services/1/days/2026-11-25";

export let world: VirtualEnvironment;
export let feed: Feed<DayView>;
export let stop: () => void;

export const revision = () => ("view" in feed.state ? feed.state.view.revision : null);
export const viewOf = (number: number) => dayView({ revision: `${number}.1` });
export const heartbeat = () => ({ server_time: new Date(world.clock.now()).toISOString() });

export function follow(resourceId?: number): void {
  feed = followDay(world, 1, resourceId, "2026-11-25");
  stop = feed.subscribe(() => {});
}

/** Follows the day by polling, up to the request for the stream. */
export async function startPolling(): Promise<void> {
  follow();
  await world.latest.answer(answerWith(viewOf(1)));
}

/** Follows the day by a stream. */
export async function goLive(): Promise<void> {
  await startPolling();
  await world.newestStream.send(viewOf(1));
  expect(feed.state.status).toBe("live");
}

/** Breaks the stream, and waits until the page has sent the poll that replaces it. */
export async function breakStream(): Promise<void> {
  await world.newestStream.fail();
  await world.pass(100);
}

/** Creates a new environment for a test. */
export function prepareWorld(): void {
  world = new VirtualEnvironment();
}
