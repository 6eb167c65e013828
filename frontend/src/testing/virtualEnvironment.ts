import type { Environment } from "../feed/environment";
import { createServerClock, type ServerClock } from "../feed/serverClock";

interface Timer {
  due: number;
  action: () => void;
}

export interface Asked {
  url: string;
  init: RequestInit;
  answer(response: Response): Promise<void>;
  fail(): Promise<void>;
}

/** A world in which time passes only when told to, and every request waits for its answer. */
export class VirtualEnvironment implements Environment {
  readonly asked: Asked[] = [];
  readonly serverClock: ServerClock;
  chance = 0.5;
  #now = Date.parse("2026-11-25T08:00:00Z");
  #timers = new Set<Timer>();
  #hidden = false;
  #watchers = new Set<() => void>();

  constructor() {
    this.serverClock = createServerClock(this.clock);
  }

  readonly clock = {
    now: () => this.#now,
    after: (milliseconds: number, action: () => void) => {
      const timer = { due: this.#now + milliseconds, action };
      this.#timers.add(timer);
      return () => void this.#timers.delete(timer);
    },
  };

  readonly visibility = {
    isHidden: () => this.#hidden,
    onChange: (listener: () => void) => {
      this.#watchers.add(listener);
      return () => void this.#watchers.delete(listener);
    },
  };

  random = () => this.chance;

  fetch = (url: string, init: RequestInit) =>
    new Promise<Response>((resolve, reject) => {
      this.asked.push({
        url,
        init,
        answer: (response) => settle(() => resolve(response)),
        fail: () => settle(() => reject(new TypeError("network"))),
      });
    });

  /** The newest request. */
  get latest(): Asked {
    const asked = this.asked.at(-1);
    if (!asked) throw new Error("Nothing was asked.");
    return asked;
  }

  async pass(milliseconds: number): Promise<void> {
    const end = this.#now + milliseconds;
    for (;;) {
      const next = [...this.#timers].sort((one, other) => one.due - other.due)[0];
      if (!next || next.due > end) break;
      this.#timers.delete(next);
      this.#now = next.due;
      await settle(next.action);
    }
    this.#now = end;
    await settle(() => {});
  }

  hide(hidden: boolean): Promise<void> {
    this.#hidden = hidden;
    return settle(() => {
      for (const watcher of this.#watchers) watcher();
    });
  }
}

/** Lets everything that waits for an outcome run. */
async function settle(action: () => void): Promise<void> {
  action();
  await new Promise((resolve) => setTimeout(resolve, 0));
}
