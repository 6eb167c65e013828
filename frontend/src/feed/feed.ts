import type { Cancel, Environment } from "./environment";
import type { Sink, Source } from "./source";

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

/** The present state of one followed view. Follows while somebody is subscribed. */
export class Feed<View> {
  readonly #environment: Environment;
  readonly #source: Source<View>;
  readonly #listeners = new Set<() => void>();
  #state: FeedState<View> = { status: "connecting" };
  #latest: View | null = null;
  #answers = 0;
  #answeredAt: number | null = null;
  #doubts: Cancel[] = [];

  constructor(environment: Environment, source: Source<View>) {
    this.#environment = environment;
    this.#source = source;
  }

  get state(): FeedState<View> {
    return this.#state;
  }

  get answers(): number {
    return this.#answers;
  }

  get answeredAt(): number | null {
    return this.#answeredAt;
  }

  subscribe(listener: () => void): Cancel {
    this.#listeners.add(listener);
    if (this.#listeners.size === 1) this.#source.start(this.#sink());
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size === 0) this.#stop();
    };
  }

  refresh(): void {
    this.#source.refresh();
  }

  #sink(): Sink<View> {
    return {
      asking: () => this.#doubt(),
      changed: (view) => {
        this.#latest = view;
        this.#answered();
        this.#become({ status: this.#source.manner, view });
      },
      unchanged: () => {
        this.#answered();
        if (this.#latest === null || this.#state.status === this.#source.manner) return;
        this.#become({ status: this.#source.manner, view: this.#latest });
      },
      failed: () => this.#reconnecting(),
    };
  }

  #stop(): void {
    this.#source.stop();
    this.#trust();
    this.#state = { status: "connecting" };
  }

  #doubt(): void {
    if (this.#doubts.length > 0) return;
    this.#doubts = [
      this.#environment.clock.after(SLOW, () => this.#reconnecting()),
      this.#environment.clock.after(LOST, () => this.#become({ status: "unknown" })),
    ];
  }

  #trust(): void {
    for (const cancel of this.#doubts) cancel();
    this.#doubts = [];
  }

  #answered(): void {
    this.#trust();
    this.#answers++;
    this.#answeredAt = this.#environment.clock.now();
  }

  #reconnecting(): void {
    if (this.#state.status === "live" || this.#state.status === "polling") {
      this.#become({ status: "reconnecting", view: this.#state.view });
    }
  }

  #become(state: FeedState<View>): void {
    this.#state = state;
    for (const listener of this.#listeners) listener();
  }
}
