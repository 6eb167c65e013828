import { BASE } from "./base";
import { createServerClock, type ServerClock } from "./serverClock";

export type Cancel = () => void;

/** A clock that only goes forward, even if the visitor changes the clock of the device. */
export interface Clock {
  now(): number;
  after(milliseconds: number, action: () => void): Cancel;
}

export interface Visibility {
  isHidden(): boolean;
  onChange(listener: () => void): Cancel;
}

export interface Network {
  /** Calls `listener` when the network or the page itself goes away, and when it is back. */
  onChange(listener: (isBack: boolean) => void): Cancel;
}

/**
 * Everything outside of the code that the feed uses. Tests pass their own to control time and
 * network.
 */
export interface Environment {
  fetch(path: string, init: RequestInit): Promise<Response>;
  /**
   * Opens a stream of events after this function has returned. At an error, `onEvent` gets no data.
   */
  stream(path: string, onEvent: (data?: string) => void): Cancel;
  /** Resolves when the page has loaded. An earlier stream would delay the page's load event. */
  loaded: Promise<unknown>;
  /** Milliseconds for which a stream may be silent: two heartbeats of the server. */
  streamTimeout: number;
  clock: Clock;
  visibility: Visibility;
  network: Network;
  serverClock: ServerClock;
  /** Returns a random number of at least 0 and less than 1. */
  random(): number;
}

const TWO_HEARTBEATS = 30_000;

/** Creates the environment of a browser. `base` is the address of the server. */
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
