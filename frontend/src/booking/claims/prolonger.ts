import { Problem } from "../../api/problem";
import type { Environment } from "../../core/environment";
import type { Hold } from "../../core/wire";
import { backoff } from "../../feed/backoff";
import type { PageLife, PageMoment } from "./pageLife";

const PROLONG_INTERVAL = 3_000;
/** The seconds by which a page prolongs its hold while it is shown, and while it is hidden. */
export const SHOWN_SECONDS = 10;
export const HIDDEN_SECONDS = 120;
const LEFT_SECONDS = 3;
/**
 * Milliseconds before a hidden page prolongs its hold. A page is often hidden just before it is
 * left, and a page that is left prolongs the hold by another time.
 */
const HIDE_DELAY = 250;

type Followed = Pick<Hold, "id" | "expires_at">;

/** Keeps one hold alive for as long as the page is there. */
export interface Prolonger {
  /** Keeps a new hold alive, which needs no request yet. */
  follow(hold: Followed): void;
  /** Keeps a hold alive that the page had before it was reloaded, and that may end soon. */
  resume(hold: Followed): void;
  stop(): void;
}

export interface ProlongerOptions {
  environment: Environment;
  pageLife: PageLife;
  prolong(holdId: string, seconds: number, keepalive: boolean): Promise<Hold>;
  onProlonged(hold: Hold): void;
  onLost(holdId: string): void;
}

export function createProlonger(options: ProlongerOptions): Prolonger {
  const { pageLife } = options;
  const { clock, serverClock, random } = options.environment;
  let followed: Followed | null = null;
  let lastSeconds = 0;
  let failures = 0;
  let cancelTimer = () => {};
  let unwatch = () => {};

  function watch(hold: Followed): void {
    stop();
    followed = hold;
    unwatch = pageLife.onMoment(react);
  }

  function stop(): void {
    followed = null;
    cancelTimer();
    unwatch();
  }

  function react(moment: PageMoment): void {
    cancelTimer();
    failures = 0;
    if (moment === "shown") ask(SHOWN_SECONDS);
    else if (moment === "hidden") cancelTimer = clock.after(HIDE_DELAY, () => ask(HIDDEN_SECONDS));
    else ask(LEFT_SECONDS, true);
  }

  function askLater(): void {
    cancelTimer = clock.after(PROLONG_INTERVAL, () => ask(SHOWN_SECONDS));
  }

  /**
   * Tries again after a failure. A hidden page prolongs its hold only once, so this request must
   * succeed before the hold ends.
   */
  function askAgain(expiresAt: string): void {
    const pause = backoff(++failures, random(), 0);
    if (serverClock.now() + pause >= Date.parse(expiresAt)) return;
    cancelTimer();
    cancelTimer = clock.after(pause, () => ask(HIDDEN_SECONDS));
  }

  async function ask(seconds: number, keepalive = false): Promise<void> {
    if (followed === null) return;
    const { id } = followed;
    lastSeconds = seconds;
    if (seconds === SHOWN_SECONDS) askLater();
    try {
      const hold = await options.prolong(id, seconds, keepalive);
      if (id !== followed?.id) return;
      followed = hold;
      options.onProlonged(hold);
    } catch (problem) {
      if (id !== followed?.id) return;
      if (problem instanceof Problem && problem.status === 404) options.onLost(id);
      else if (seconds === HIDDEN_SECONDS && seconds === lastSeconds) askAgain(followed.expires_at);
    }
  }

  return {
    follow(hold) {
      watch(hold);
      if (pageLife.isShown()) askLater();
    },
    resume(hold) {
      watch(hold);
      void ask(pageLife.isShown() ? SHOWN_SECONDS : HIDDEN_SECONDS);
    },
    stop,
  };
}
