import type { View } from "../api/wire";
import { backoff, retryAfter } from "./backoff";
import type { Cancel, Environment } from "./environment";
import type { Sink, Source } from "./source";

const ATTEMPT_LASTS = 4_000;
const JITTER = 0.1;

type Answer<Polled> =
  | { kind: "changed"; view: Polled; etag: string | null }
  | { kind: "unchanged" }
  | { kind: "failed"; retryAfter: number };

/** Asks for a view at the pace the server advises; silent while the page is hidden. */
export class PollingSource<Polled extends View> implements Source<Polled> {
  readonly manner = "polling";
  readonly #environment: Environment;
  readonly #path: string;
  #sink: Sink<Polled> | null = null;
  #unwatch: Cancel = () => {};
  #cancelTimer: Cancel = () => {};
  #attempt = new AbortController();
  /** Requests are numbered, and only the newest one's first outcome counts. */
  #number = 0;
  #failures = 0;
  #pace = 1_000;
  #etag: string | null = null;
  #seen: string | null = null;

  constructor(environment: Environment, path: string) {
    this.#environment = environment;
    this.#path = path;
  }

  start(sink: Sink<Polled>): void {
    this.#sink = sink;
    this.#unwatch = this.#environment.visibility.onChange(() => this.#pollIfSeen());
    this.#poll();
  }

  refresh(): void {
    if (this.#sink) this.#poll();
  }

  stop(): void {
    this.#sink = null;
    this.#number++;
    this.#unwatch();
    this.#cancelTimer();
    this.#attempt.abort();
  }

  #pollIfSeen(): void {
    if (!this.#environment.visibility.isHidden()) this.#poll();
  }

  #poll(): void {
    this.#cancelTimer();
    this.#attempt.abort();
    this.#attempt = new AbortController();
    const number = ++this.#number;
    this.#cancelTimer = this.#environment.clock.after(ATTEMPT_LASTS, () => {
      this.#attempt.abort();
      this.#receive(number, { kind: "failed", retryAfter: 0 });
    });
    this.#sink?.asking();
    this.#ask(this.#attempt.signal).then((answer) => this.#receive(number, answer));
  }

  async #ask(signal: AbortSignal): Promise<Answer<Polled>> {
    const { clock, serverClock } = this.#environment;
    const headers = new Headers();
    if (this.#etag !== null) headers.set("If-None-Match", this.#etag);
    const sentAt = clock.now();
    try {
      const response = await this.#environment.fetch(this.#address(), {
        headers,
        signal,
        cache: "no-store",
      });
      if (response.status === 304) return { kind: "unchanged" };
      if (!response.ok) {
        const wait = retryAfter(response.headers.get("Retry-After"), clock.now());
        return { kind: "failed", retryAfter: wait };
      }
      const view = (await response.json()) as Polled;
      serverClock.learn(view.server_time, sentAt);
      return { kind: "changed", view, etag: response.headers.get("ETag") };
    } catch {
      return { kind: "failed", retryAfter: 0 };
    }
  }

  #address(): string {
    if (this.#seen === null) return this.#path;
    const joint = this.#path.includes("?") ? "&" : "?";
    return `${this.#path}${joint}seen=${encodeURIComponent(this.#seen)}`;
  }

  #receive(number: number, answer: Answer<Polled>): void {
    if (number !== this.#number) return;
    this.#number++;
    this.#cancelTimer();
    if (answer.kind === "failed") {
      this.#failures++;
      this.#sink?.failed();
      this.#pollAfter(backoff(this.#failures, this.#environment.random(), answer.retryAfter));
      return;
    }
    this.#failures = 0;
    if (answer.kind === "changed") {
      this.#etag = answer.etag;
      this.#seen = answer.view.revision;
      this.#pace = answer.view.next_poll_ms;
      this.#sink?.changed(answer.view);
    } else {
      this.#sink?.unchanged();
    }
    this.#pollAfter(this.#pace * (1 - JITTER + 2 * JITTER * this.#environment.random()));
  }

  #pollAfter(milliseconds: number): void {
    this.#cancelTimer = this.#environment.clock.after(milliseconds, () => this.#pollIfSeen());
  }
}
