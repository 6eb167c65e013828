/** A slow answer is called a lost connection after this long. */
export const SLOW = 1_500;

/** Where views come from: a stream, or polling as long as there is none. */
export interface Source<View> {
  start(sink: Sink<View>): void;
  /** Asks now instead of when it would be due; a stream needs no asking. */
  refresh(): void;
  stop(): void;
}

export type Manner = "live" | "polling";

export interface Sink<View> {
  asking(): void;
  /** The same view again says that nothing has changed. */
  told(manner: Manner, view: View): void;
  failed(): void;
}
