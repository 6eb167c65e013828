import { Problem } from "../api/problem";
import type { Hold } from "../api/wire";
import type { Cancel, Clock } from "../feed/environment";
import type { PageLife, PageMoment } from "./pageLife";

const EVERY = 3_000;
const WATCHED = 10;
const HIDDEN = 120;
const LEFT = 3;
/** Turning hidden is often the first sign of being left, which then asks for something else. */
const BEFORE_HIDING = 250;

interface Wishes {
  prolong(holdId: string, seconds: number, keepalive: boolean): Promise<Hold>;
  prolonged(hold: Hold): void;
  lost(holdId: string): void;
}

/** Keeps one hold alive for as long as the page is there. */
export class Prolonger {
  readonly #clock: Clock;
  readonly #pageLife: PageLife;
  readonly #wishes: Wishes;
  #holdId: string | null = null;
  #cancelTimer: Cancel = () => {};
  #unwatch: Cancel = () => {};

  constructor(clock: Clock, pageLife: PageLife, wishes: Wishes) {
    this.#clock = clock;
    this.#pageLife = pageLife;
    this.#wishes = wishes;
  }

  /** Follows a fresh hold, which needs nothing yet. */
  follow(holdId: string): void {
    this.#watch(holdId);
    if (this.#pageLife.isShown()) this.#later(EVERY, () => this.#prolong(WATCHED));
  }

  /** Follows a hold that the page had before it was reloaded, whose end is near. */
  takeUp(holdId: string): void {
    this.#watch(holdId);
    this.#prolong(this.#pageLife.isShown() ? WATCHED : HIDDEN);
  }

  stop(): void {
    this.#holdId = null;
    this.#cancelTimer();
    this.#unwatch();
  }

  #watch(holdId: string): void {
    this.stop();
    this.#holdId = holdId;
    this.#unwatch = this.#pageLife.onMoment((moment) => this.#react(moment));
  }

  #react(moment: PageMoment): void {
    this.#cancelTimer();
    switch (moment) {
      case "shown":
        this.#prolong(WATCHED);
        break;
      case "hidden":
        this.#later(BEFORE_HIDING, () => this.#prolong(HIDDEN));
        break;
      case "left":
        this.#prolong(LEFT, true);
        break;
    }
  }

  async #prolong(seconds: number, keepalive = false): Promise<void> {
    const holdId = this.#holdId;
    if (holdId === null) return;
    if (seconds === WATCHED) this.#later(EVERY, () => this.#prolong(WATCHED));
    try {
      const hold = await this.#wishes.prolong(holdId, seconds, keepalive);
      if (holdId === this.#holdId) this.#wishes.prolonged(hold);
    } catch (problem) {
      const isGone = problem instanceof Problem && problem.status === 404;
      if (isGone && holdId === this.#holdId) this.#wishes.lost(holdId);
    }
  }

  #later(milliseconds: number, action: () => void): void {
    this.#cancelTimer = this.#clock.after(milliseconds, action);
  }
}
