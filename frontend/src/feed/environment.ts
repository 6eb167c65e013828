import { createServerClock, type ServerClock } from "./serverClock";

export type Cancel = () => void;

export interface Clock {
  now(): number;
  after(milliseconds: number, action: () => void): Cancel;
}

export interface Visibility {
  isHidden(): boolean;
  onChange(listener: () => void): Cancel;
}

/** The world as the feed sees it: whoever passes another one decides about time and network. */
export interface Environment {
  fetch(url: string, init: RequestInit): Promise<Response>;
  clock: Clock;
  visibility: Visibility;
  serverClock: ServerClock;
  /** At least 0, less than 1. */
  random(): number;
}

export function browserEnvironment(): Environment {
  const clock: Clock = {
    now: () => Date.now(),
    after(milliseconds, action) {
      const timer = setTimeout(action, milliseconds);
      return () => clearTimeout(timer);
    },
  };
  return {
    fetch: (url, init) => fetch(url, init),
    clock,
    visibility: {
      isHidden: () => document.hidden,
      onChange(listener) {
        document.addEventListener("visibilitychange", listener);
        return () => document.removeEventListener("visibilitychange", listener);
      },
    },
    serverClock: createServerClock(clock),
    random: () => Math.random(),
  };
}
