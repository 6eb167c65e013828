import type { Clock } from "./environment";

/** The server's time, kept as an offset to the local clock. */
export interface ServerClock {
  now(): number;
  learn(serverTime: string, sentAt: number): void;
}

export function createServerClock(clock: Clock): ServerClock {
  let offset = 0;
  return {
    now: () => clock.now() + offset,
    /** An answer is wrong by half its round trip at most: a smaller difference teaches nothing. */
    learn(serverTime, sentAt) {
      const receivedAt = clock.now();
      const seen = Date.parse(serverTime) - (sentAt + receivedAt) / 2;
      if (Math.abs(seen - offset) > (receivedAt - sentAt) / 2) offset = seen;
    },
  };
}
