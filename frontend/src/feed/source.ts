/** Where views come from. Polling today; a stream that falls back to it fits the same shape. */
export interface Source<View> {
  readonly manner: "live" | "polling";
  start(sink: Sink<View>): void;
  /** Asks now instead of when it would be due. */
  refresh(): void;
  stop(): void;
}

export interface Sink<View> {
  asking(): void;
  changed(view: View): void;
  unchanged(): void;
  failed(): void;
}
