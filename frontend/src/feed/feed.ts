import type { Cancel, Environment } from "./environment";
import type { Source } from "./source";

/** A slow answer is called a lost connection after this long. */
const SLOW = 1_500;
/** What was last seen is worth nothing after this long without an answer. */
const LOST = 5_000;

export type FeedState<View> =
  | { status: "connecting" }
  | { status: "live" | "polling"; view: View }
  | { status: "reconnecting"; view: View }
  | { status: "unknown" };

export type FeedStatus = FeedState<unknown>["status"];

/** The present state of one followed view. It follows while somebody is subscribed. */
export interface Feed<View> {
  readonly state: FeedState<View>;
  readonly answers: number;
  readonly answeredAt: number | null;
  subscribe(listener: () => void): Cancel;
  refresh(): void;
}

export function createFeed<View>({ clock }: Environment, source: Source<View>): Feed<View> {
  const listeners = new Set<() => void>();
  let state: FeedState<View> = { status: "connecting" };
  let latest: View | null = null;
  let answers = 0;
  let answeredAt: number | null = null;
  let doubts: Cancel[] = [];

  function become(next: FeedState<View>): void {
    state = next;
    for (const listener of listeners) listener();
  }

  function lose(): void {
    if (latest !== null && state.status === source.manner) {
      become({ status: "reconnecting", view: latest });
    }
  }

  function doubt(): void {
    if (doubts.length > 0) return;
    doubts = [clock.after(SLOW, lose), clock.after(LOST, () => become({ status: "unknown" }))];
  }

  function trust(): void {
    for (const cancel of doubts) cancel();
    doubts = [];
  }

  function answered(view: View | null): void {
    trust();
    answers++;
    answeredAt = clock.now();
    if (view === null || (view === latest && state.status === source.manner)) return;
    latest = view;
    become({ status: source.manner, view });
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
        source.start({
          asking: doubt,
          changed: answered,
          unchanged: () => answered(latest),
          failed: lose,
        });
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
