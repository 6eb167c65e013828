/** Milliseconds without an answer after which the connection is shown as lost. */
export const SLOW_AFTER = 1_500;

/** The source of views: a stream, or polling while there is no stream. */
export interface Source<View> {
  start(sink: Sink<View>): void;
  /** Polls now instead of later; does nothing while a stream is open. */
  refresh(): void;
  stop(): void;
}

export type FeedMode = "live" | "polling";

export interface Sink<View> {
  onRequest(): void;
  /** Gets a view. The same object as before means that nothing has changed. */
  onView(mode: FeedMode, view: View): void;
  onFailure(): void;
}
