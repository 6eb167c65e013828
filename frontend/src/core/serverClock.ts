import type { Clock } from "./environment";

/** The server's time, kept as an offset to the local clock. */
export interface ServerClock {
  now(): number;
  /**
   * Learns from what the server wrote between the request and now; of what was pushed nobody knows
   * since when it has been on its way. A time with a grain is the server's at most that much later.
   */
  learn(serverTime: string | null, sentAt?: number, grain?: number): void;
}

/** HTTP dates have seconds, and servers write the same one for a second. */
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
