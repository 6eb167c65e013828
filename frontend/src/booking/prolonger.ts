import { Problem } from "../api/problem";
import type { Hold } from "../api/wire";
import type { Clock } from "../feed/environment";
import type { PageLife, PageMoment } from "./pageLife";

const EVERY = 3_000;
const WATCHED = 10;
const HIDDEN = 120;
const LEFT = 3;
/** Turning hidden is often the first sign of being left, which then asks for something else. */
const BEFORE_HIDING = 250;

/** Keeps one hold alive for as long as the page is there. */
export interface Prolonger {
  /** Follows a fresh hold, which needs nothing yet. */
  follow(holdId: string): void;
  /** Follows a hold that the page had before it was reloaded, whose end is near. */
  takeUp(holdId: string): void;
  stop(): void;
}

export interface ProlongerParts {
  clock: Clock;
  pageLife: PageLife;
  prolong(holdId: string, seconds: number, keepalive: boolean): Promise<Hold>;
  onProlonged(hold: Hold): void;
  onLost(holdId: string): void;
}

export function createProlonger(parts: ProlongerParts): Prolonger {
  const { clock, pageLife } = parts;
  let followed: string | null = null;
  let cancelTimer = () => {};
  let unwatch = () => {};

  function watch(holdId: string): void {
    stop();
    followed = holdId;
    unwatch = pageLife.onMoment(react);
  }

  function stop(): void {
    followed = null;
    cancelTimer();
    unwatch();
  }

  function react(moment: PageMoment): void {
    cancelTimer();
    if (moment === "shown") ask(WATCHED);
    else if (moment === "hidden") cancelTimer = clock.after(BEFORE_HIDING, () => ask(HIDDEN));
    else ask(LEFT, true);
  }

  function askLater(): void {
    cancelTimer = clock.after(EVERY, () => ask(WATCHED));
  }

  async function ask(seconds: number, keepalive = false): Promise<void> {
    const holdId = followed;
    if (holdId === null) return;
    if (seconds === WATCHED) askLater();
    try {
      const hold = await parts.prolong(holdId, seconds, keepalive);
      if (holdId === followed) parts.onProlonged(hold);
    } catch (problem) {
      const isGone = problem instanceof Problem && problem.status === 404;
      if (isGone && holdId === followed) parts.onLost(holdId);
    }
  }

  return {
    follow(holdId) {
      watch(holdId);
      if (pageLife.isShown()) askLater();
    },
    takeUp(holdId) {
      watch(holdId);
      void ask(pageLife.isShown() ? WATCHED : HIDDEN);
    },
    stop,
  };
}
