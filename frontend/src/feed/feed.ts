import type { Cancel, Environment } from "../core/environment";
import type { View } from "../core/wire";
import { type Manner, SLOW, type Source } from "./source";

/** What was last seen is worth nothing after this long without an answer. */
const LOST = 5_000;

export type FeedState<Followed> =
  | { status: "connecting" }
  | { status: Manner; view: Followed }
  | { status: "reconnecting"; view: Followed }
  /** The server can't tell, or can't be reached: nothing may be called free. */
  | { status: "unknown" };

export type FeedStatus = FeedState<unknown>["status"];

/** The present state of one followed view. It follows while somebody is subscribed. */
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
  let doubts: Cancel[] = [];

  function become(next: FeedState<Followed>): void {
    state = next;
    for (const listener of listeners) listener();
  }

  function lose(): void {
    if ("view" in state && state.status !== "reconnecting")
      become({ status: "reconnecting", view: state.view });
  }

  function doubt(): void {
    if (doubts.length > 0) return;
    doubts = [clock.after(SLOW, lose), clock.after(LOST, () => become({ status: "unknown" }))];
  }

  function trust(): void {
    for (const cancel of doubts) cancel();
    doubts = [];
  }

  function told(manner: Manner, view: Followed): void {
    trust();
    answers++;
    answeredAt = clock.now();
    const next: FeedState<Followed> = view.degraded.includes("unknown")
      ? { status: "unknown" }
      : { status: manner, view };
    if (next.status !== state.status || viewOf(next) !== viewOf(state)) become(next);
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
        source.start({ asking: doubt, told, failed: lose });
      }
      return () => {
        listeners.delete(listener);
        if (listeners.size > 0) return;
        source.stop();
        trust();
        state = { status: "connecting" };
      };
    },
    refresh: source.refresh,
  };
}

const viewOf = (state: FeedState<unknown>) => ("view" in state ? state.view : null);
