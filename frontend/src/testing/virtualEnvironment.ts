import type { Environment } from "../core/environment";
import { createServerClock, type ServerClock } from "../core/serverClock";

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

export interface Opened {
  url: string;
  isClosed: boolean;
  /** Sends an event as the server does. */
  send(event: object): Promise<void>;
  /**
   * Sends the "error" event of an EventSource: the stream was refused or cut, or it is no stream.
   */
  fail(): Promise<void>;
}

/** An environment in which the test controls time and answers every request. */
export class VirtualEnvironment implements Environment {
  readonly asked: Asked[] = [];
  readonly opened: Opened[] = [];
  readonly serverClock: ServerClock;
  chance = 0.5;
  streamTimeout = 30_000;
  loaded: Promise<unknown> = Promise.resolve();
  #now = Date.parse("2026-11-25T08:00:00Z");
  #timers = new Set<Timer>();
  #hidden = false;
  #watchers = new Set<() => void>();
  #networkers = new Set<(isBack: boolean) => void>();

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

  readonly network = {
    onChange: (listener: (isBack: boolean) => void) => {
      this.#networkers.add(listener);
      return () => void this.#networkers.delete(listener);
    },
  };

  random = () => this.chance;

  /** An event sent before a stream was closed still arrives, as it may in a browser. */
  stream = (url: string, onEvent: (data?: string) => void) => {
    const opened = {
      url,
      isClosed: false,
      send: (event: object) => settle(() => onEvent(JSON.stringify(event))),
      fail: () => settle(() => onEvent()),
    };
    this.opened.push(opened);
    return () => {
      opened.isClosed = true;
    };
  };

  fetch = (url: string, init: RequestInit) =>
    new Promise<Response>((resolve, reject) => {
      this.asked.push({
        url,
        init,
        answer: (response) => settle(() => resolve(response)),
        fail: () => settle(() => reject(new TypeError("network"))),
      });
    });

  /** Returns the newest request. */
  get latest(): Asked {
    const asked = this.asked.at(-1);
    if (!asked) throw new Error("Nothing was asked.");
    return asked;
  }

  /** Returns the newest stream. */
  get newestStream(): Opened {
    const opened = this.opened.at(-1);
    if (!opened) throw new Error("No stream was opened.");
    return opened;
  }

  /** Counts the timers that are still set and the listeners that are still registered. */
  get pending(): number {
    return this.#timers.size + this.#watchers.size + this.#networkers.size;
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

  /** Makes the network or the page go away, or come back. */
  turn(isBack: boolean): Promise<void> {
    return settle(() => {
      for (const listener of this.#networkers) listener(isBack);
    });
  }

  hide(hidden: boolean): Promise<void> {
    this.#hidden = hidden;
    return settle(() => {
      for (const watcher of this.#watchers) watcher();
    });
  }
}

/** Runs an action, and lets everything run that waits for its outcome. */
async function settle(action: () => void): Promise<void> {
  action();
  await new Promise((resolve) => setTimeout(resolve, 0));
}
