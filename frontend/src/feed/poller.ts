import type { Environment } from "../core/environment";
import { HTTP_DATE } from "../core/serverClock";
import type { View } from "../core/wire";
import { backoff, retryAfter } from "./backoff";
import { SLOW_AFTER } from "./source";
import { addSeen } from "./viewPaths";

const POLL_TIMEOUT = 4_000;
const POLL_INTERVAL = 1_000;
const JITTER = 0.1;

export interface Poller {
  poll(): void;
  pollAfter(milliseconds: number): void;
  /** Stops until the next call of `poll` or `pollAfter`; a late answer is ignored. */
  pause(): void;
}

export interface PollListener<Polled> {
  onRequest(): void;
  /** Gets the answer. Without a view, nothing has changed. */
  onAnswer(view?: Polled): void;
  onFailure(): void;
  /** Returns the view that was received last, by polling or by the stream. */
  latest(): Polled | null;
}

/**
 * Polls a view at the pace that the server advises. While the page is hidden there are no polls,
 * and after a while the last view counts as old, as after a failed poll.
 */
export function createPoller<Polled extends View>(
  environment: Environment,
  path: string,
  listener: PollListener<Polled>,
): Poller {
  const { clock, visibility, serverClock, random } = environment;
  let cancelTimer = () => {};
  let attempt = new AbortController();
  /** The number of the newest request. Only the first outcome of this request counts. */
  let newest = 0;
  let failures = 0;

  function pause(): void {
    newest++;
    cancelTimer();
    attempt.abort();
  }

  function pollAfter(milliseconds: number): void {
    cancelTimer();
    cancelTimer = clock.after(milliseconds, () => {
      if (visibility.isHidden()) cancelTimer = clock.after(SLOW_AFTER, listener.onFailure);
      else poll();
    });
  }

  function poll(): void {
    pause();
    attempt = new AbortController();
    const number = newest;
    const settle = (outcome: () => void) => {
      if (number !== newest) return;
      pause();
      outcome();
    };
    const fail = (wait = 0) => {
      pollAfter(backoff(++failures, random(), wait));
      listener.onFailure();
    };
    const answer = (view?: Polled) => {
      failures = 0;
      const pace = (view ?? listener.latest())?.next_poll_ms ?? POLL_INTERVAL;
      pollAfter(pace * (1 - JITTER + 2 * JITTER * random()));
      listener.onAnswer(view);
    };
    cancelTimer = clock.after(POLL_TIMEOUT, () => settle(fail));
    listener.onRequest();
    ask(attempt.signal, answer, fail).then(settle, () => settle(fail));
  }

  async function ask(
    signal: AbortSignal,
    answer: (view?: Polled) => void,
    fail: (wait: number) => void,
  ): Promise<() => void> {
    const seen = listener.latest()?.revision;
    const sentAt = clock.now();
    const response = await environment.fetch(addSeen(path, seen), {
      headers: seen === undefined ? {} : { "If-None-Match": `"${seen}"` },
      signal,
      cache: "no-store",
    });
    const { headers, status } = response;
    serverClock.learn(headers.get("Date"), sentAt, HTTP_DATE);
    if (status === 304) return answer;
    if (!response.ok) {
      const wait = retryAfter(headers.get("Retry-After"), serverClock.now());
      return () => fail(wait);
    }
    const view = (await response.json()) as Polled;
    serverClock.learn(view.server_time, sentAt);
    return () => answer(view);
  }

  return { poll, pollAfter, pause };
}
