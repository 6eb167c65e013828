/** A slow answer is called a lost connection after this long. */
export const SLOW_AFTER = 1_500;

/** Where views come from: a stream, or polling as long as there is none. */
export interface Source<View> {
  start(sink: Sink<View>): void;
  /** Asks now instead of when it would be due; a stream needs no asking. */
  refresh(): void;
  stop(): void;
}

export type FeedMode = "live" | "polling";

export interface Sink<View> {
  onRequest(): void;
  /** The same view again says that nothing has changed. */
  onView(mode: FeedMode, view: View): void;
  onFailure(): void;
}
