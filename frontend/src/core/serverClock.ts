import type { Clock } from "./environment";

/** The server's time, stored as the offset from the local clock. */
export interface ServerClock {
  now(): number;
  /**
   * Corrects the offset by a time that the server wrote after `sentAt` and before now. Without
   * `sentAt`, nobody knows how long the message took. The true time may be later by `grain`
   * milliseconds at most.
   */
  learn(serverTime: string | null, sentAt?: number, grain?: number): void;
}

/**
 * The grain of HTTP dates: they are in whole seconds, and servers write the same one for a second.
 */
export const HTTP_DATE = 2_000;

export function createServerClock(clock: Clock): ServerClock {
  let offset = 0;
  let isExact = false;
  return {
    now: () => clock.now() + offset,
    /** A time that agrees with the offset within its uncertainty changes nothing. */
    learn(serverTime, sentAt = Number.NEGATIVE_INFINITY, grain = 0) {
      const written = Date.parse(serverTime ?? "");
      if (!written || (grain > 0 && isExact)) return;
      const least = written - clock.now();
      const most = written + grain - sentAt;
      if (offset < least || offset > most) {
        offset = most === Number.POSITIVE_INFINITY ? least : (least + most) / 2;
      }
      isExact ||= grain === 0;
    },
  };
}
