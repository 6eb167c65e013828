import type { Clock } from "./environment";

/** The server's time, kept as an offset to the local clock. */
export class ServerClock {
  readonly #clock: Clock;
  #offset = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  now(): number {
    return this.#clock.now() + this.#offset;
  }

  /** An answer is wrong by half its round trip at most: a smaller difference teaches nothing. */
  learn(serverTime: string, sentAt: number): void {
    const receivedAt = this.#clock.now();
    const offset = Date.parse(serverTime) - (sentAt + receivedAt) / 2;
    if (Math.abs(offset - this.#offset) > (receivedAt - sentAt) / 2) this.#offset = offset;
  }
}
