import { BASE } from "./base";
import { createServerClock, type ServerClock } from "./serverClock";

export type Cancel = () => void;

/** Time that only goes forward, even if the visitor's clock is changed. */
export interface Clock {
  now(): number;
  after(milliseconds: number, action: () => void): Cancel;
}

export interface Visibility {
  isHidden(): boolean;
  onChange(listener: () => void): Cancel;
}

export interface Network {
  /** Calls when the network or the page itself goes away, and when it is back. */
  onChange(listener: (isBack: boolean) => void): Cancel;
}

/** Everything outside that the feed uses. Tests pass their own to control time and network. */
export interface Environment {
  fetch(path: string, init: RequestInit): Promise<Response>;
  /** Opens a stream of events after it returns. An error is passed as an event without data. */
  stream(path: string, onEvent: (data?: string) => void): Cancel;
  /** A stream is opened only then: earlier, it would delay the page's load event. */
  loaded: Promise<unknown>;
  /** How long a stream may be silent: two heartbeats of the server. */
  streamTimeout: number;
  clock: Clock;
  visibility: Visibility;
  network: Network;
  serverClock: ServerClock;
  /** At least 0, less than 1. */
  random(): number;
}

const TWO_HEARTBEATS = 30_000;

/** `base`: where the server is reached. */
export function browserEnvironment(base = BASE): Environment {
  const clock: Clock = {
    now: () => performance.timeOrigin + performance.now(),
    after(milliseconds, action) {
      const timer = setTimeout(action, milliseconds);
      return () => clearTimeout(timer);
    },
  };
  return {
    fetch: (path, init) => fetch(base + path, init),
    stream(path, onEvent) {
      const source = new EventSource(base + path);
      listen(source, ["board", "day", "heartbeat", "goodbye", "error"], (event) =>
        onEvent((event as MessageEvent<string>).data),
      );
      return () => source.close();
    },
    loaded: new Promise((resolve) => {
      const later = () => setTimeout(resolve);
      if (document.readyState === "complete") later();
      else addEventListener("load", later, { once: true });
    }),
    streamTimeout: Number(document.documentElement.dataset.watchdog) || TWO_HEARTBEATS,
    clock,
    visibility: {
      isHidden: () => document.hidden,
      onChange: (listener) => listen(document, ["visibilitychange"], listener),
    },
    network: {
      onChange: (listener) =>
        listen(window, ["online", "pageshow", "offline", "pagehide"], (event) => {
          // A page that is shown for the first time has not come back.
          if (event.type !== "pageshow" || (event as PageTransitionEvent).persisted) {
            listener(event.type === "online" || event.type === "pageshow");
          }
        }),
    },
    serverClock: createServerClock(clock),
    random: Math.random,
  };
}

/** Listens to several events until it is cancelled. */
export function listen(
  target: Pick<EventTarget, "addEventListener">,
  names: readonly string[],
  listener: (event: Event) => void,
): Cancel {
  const listening = new AbortController();
  for (const name of names) {
    target.addEventListener(name, listener, { signal: listening.signal });
  }
  return () => listening.abort();
}
