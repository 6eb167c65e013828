import { Problem } from "../../api/problem";
import type { Environment } from "../../core/environment";
import type { Hold } from "../../core/wire";
import { backoff } from "../../feed/backoff";
import type { PageLife, PageMoment } from "./pageLife";

const EVERY = 3_000;
/** For how many seconds a page that is looked at asks, and one that isn't. */
export const WATCHED = 10;
export const HIDDEN = 120;
const LEFT = 3;
/** Turning hidden is often the first sign of being left, which then asks for something else. */
const BEFORE_HIDING = 250;

type Followed = Pick<Hold, "id" | "expires_at">;

/** Keeps one hold alive for as long as the page is there. */
export interface Prolonger {
  /** Follows a fresh hold, which needs nothing yet. */
  follow(hold: Followed): void;
  /** Follows a hold that the page had before it was reloaded, whose end is near. */
  takeUp(hold: Followed): void;
  stop(): void;
}

export interface ProlongerParts {
  environment: Environment;
  pageLife: PageLife;
  prolong(holdId: string, seconds: number, keepalive: boolean): Promise<Hold>;
  onProlonged(hold: Hold): void;
  onLost(holdId: string): void;
}

export function createProlonger(parts: ProlongerParts): Prolonger {
  const { pageLife } = parts;
  const { clock, serverClock, random } = parts.environment;
  let followed: Followed | null = null;
  /** How many seconds were wished for last. */
  let wished = 0;
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
    if (moment === "shown") ask(WATCHED);
    else if (moment === "hidden") cancelTimer = clock.after(BEFORE_HIDING, () => ask(HIDDEN));
    else ask(LEFT, true);
  }

  function askLater(): void {
    cancelTimer = clock.after(EVERY, () => ask(WATCHED));
  }

  /** A page that stays hidden asks for nothing more: this must succeed before the hold has ended. */
  function askAgain(expiresAt: string): void {
    const pause = backoff(++failures, random(), 0);
    if (serverClock.now() + pause >= Date.parse(expiresAt)) return;
    cancelTimer();
    cancelTimer = clock.after(pause, () => ask(HIDDEN));
  }

  async function ask(seconds: number, keepalive = false): Promise<void> {
    if (followed === null) return;
    const { id } = followed;
    wished = seconds;
    if (seconds === WATCHED) askLater();
    try {
      const hold = await parts.prolong(id, seconds, keepalive);
      if (id !== followed?.id) return;
      followed = hold;
      parts.onProlonged(hold);
    } catch (problem) {
      if (id !== followed?.id) return;
      if (problem instanceof Problem && problem.status === 404) parts.onLost(id);
      else if (seconds === HIDDEN && seconds === wished) askAgain(followed.expires_at);
    }
  }

  return {
    follow(hold) {
      watch(hold);
      if (pageLife.isShown()) askLater();
    },
    takeUp(hold) {
      watch(hold);
      void ask(pageLife.isShown() ? WATCHED : HIDDEN);
    },
    stop,
  };
}
