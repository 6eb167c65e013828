import type { View } from "../api/wire";
import { backoff, retryAfter } from "./backoff";
import type { Environment } from "./environment";
import type { Sink, Source } from "./source";

const ATTEMPT_LASTS = 4_000;
const JITTER = 0.1;

type Answer<Polled> =
  | { kind: "changed"; view: Polled; etag: string | null }
  | { kind: "unchanged" }
  | { kind: "failed"; retryAfter: number };

const failed = { kind: "failed", retryAfter: 0 } as const;

/** Asks for a view at the pace the server advises; silent while the page is hidden. */
export function pollingSource<Polled extends View>(
  environment: Environment,
  path: string,
): Source<Polled> {
  const { clock, visibility, serverClock, random } = environment;
  let sink: Sink<Polled> | null = null;
  let unwatch = () => {};
  let cancelTimer = () => {};
  let attempt = new AbortController();
  /** Requests are numbered, and only the newest one's first outcome counts. */
  let newest = 0;
  let failures = 0;
  let pace = 1_000;
  let etag: string | null = null;
  let seen: string | null = null;

  function poll(): void {
    dropAttempt();
    attempt = new AbortController();
    const { signal } = attempt;
    const number = ++newest;
    cancelTimer = clock.after(ATTEMPT_LASTS, () => receive(number, failed));
    sink?.asking();
    ask(signal).then(
      (answer) => receive(number, answer),
      () => receive(number, failed),
    );
  }

  function pollIfSeen(): void {
    if (!visibility.isHidden()) poll();
  }

  function dropAttempt(): void {
    cancelTimer();
    attempt.abort();
  }

  async function ask(signal: AbortSignal): Promise<Answer<Polled>> {
    const sentAt = clock.now();
    const response = await environment.fetch(address(), {
      headers: etag === null ? {} : { "If-None-Match": etag },
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
  }

  function address(): string {
    if (seen === null) return path;
    return `${path}${path.includes("?") ? "&" : "?"}seen=${encodeURIComponent(seen)}`;
  }

  function receive(number: number, answer: Answer<Polled>): void {
    if (number !== newest) return;
    newest++;
    dropAttempt();
    if (answer.kind === "failed") {
      failures++;
      sink?.failed();
      pollAfter(backoff(failures, random(), answer.retryAfter));
      return;
    }
    failures = 0;
    if (answer.kind === "changed") {
      etag = answer.etag;
      seen = answer.view.revision;
      pace = answer.view.next_poll_ms;
      sink?.changed(answer.view);
    } else {
      sink?.unchanged();
    }
    pollAfter(pace * (1 - JITTER + 2 * JITTER * random()));
  }

  function pollAfter(milliseconds: number): void {
    cancelTimer = clock.after(milliseconds, pollIfSeen);
  }

  return {
    manner: "polling",
    start(into) {
      sink = into;
      unwatch = visibility.onChange(pollIfSeen);
      poll();
    },
    refresh() {
      if (sink) poll();
    },
    stop() {
      sink = null;
      newest++;
      unwatch();
      dropAttempt();
    },
  };
}
