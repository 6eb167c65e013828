import type { Cancel, Environment } from "../core/environment";
import type { View } from "../core/wire";
import { type FeedMode, SLOW_AFTER, type Source } from "./source";

/** Milliseconds without an answer after which the last view is no longer valid. */
const LOST_AFTER = 5_000;

export type FeedState<Followed> =
  | { status: "connecting" }
  | { status: FeedMode; view: Followed }
  | { status: "reconnecting"; view: Followed }
  /** The server doesn't know the state or can't be reached, so nothing may be shown as free. */
  | { status: "unknown" };

export type FeedStatus = FeedState<unknown>["status"];

/** The present state of a view, which is followed while somebody is subscribed. */
export interface Feed<Followed> {
  readonly state: FeedState<Followed>;
  readonly answers: number;
  readonly answeredAt: number | null;
  subscribe(listener: () => void): Cancel;
  refresh(): void;
}

export function createFeed<Followed extends View>(
  { clock }: Environment,
  source: Source<Followed>,
): Feed<Followed> {
  const listeners = new Set<() => void>();
  let state: FeedState<Followed> = { status: "connecting" };
  let answers = 0;
  let answeredAt: number | null = null;
  let doubtTimers: Cancel[] = [];

  function setState(next: FeedState<Followed>): void {
    state = next;
    for (const listener of listeners) listener();
  }

  function markReconnecting(): void {
    if ("view" in state && state.status !== "reconnecting")
      setState({ status: "reconnecting", view: state.view });
  }

  function startDoubt(): void {
    if (doubtTimers.length > 0) return;
    doubtTimers = [
      clock.after(SLOW_AFTER, markReconnecting),
      clock.after(LOST_AFTER, () => setState({ status: "unknown" })),
    ];
  }

  function endDoubt(): void {
    for (const cancel of doubtTimers) cancel();
    doubtTimers = [];
  }

  function onView(mode: FeedMode, view: Followed): void {
    endDoubt();
    answers++;
    answeredAt = clock.now();
    const next: FeedState<Followed> = view.degraded.includes("unknown")
      ? { status: "unknown" }
      : { status: mode, view };
    if (next.status !== state.status || viewOf(next) !== viewOf(state)) setState(next);
  }

  return {
    get state() {
      return state;
    },
    get answers() {
      return answers;
    },
    get answeredAt() {
      return answeredAt;
    },
    subscribe(listener) {
      listeners.add(listener);
      if (listeners.size === 1) {
        source.start({ onRequest: startDoubt, onView, onFailure: markReconnecting });
      }
      return () => {
        listeners.delete(listener);
        if (listeners.size > 0) return;
        source.stop();
        endDoubt();
        state = { status: "connecting" };
      };
    },
    refresh: source.refresh,
  };
}

const viewOf = (state: FeedState<unknown>) => ("view" in state ? state.view : null);
