/** After this long without an answer, the connection is shown as lost. */
export const SLOW_AFTER = 1_500;

/** Where views come from: a stream, or polling as long as there is none. */
export interface Source<View> {
  start(sink: Sink<View>): void;
  /** Polls now instead of later; does nothing while a stream is open. */
  refresh(): void;
  stop(): void;
}

export type FeedMode = "live" | "polling";

export interface Sink<View> {
  onRequest(): void;
  /** The same view again means that nothing has changed. */
  onView(mode: FeedMode, view: View): void;
  onFailure(): void;
}
