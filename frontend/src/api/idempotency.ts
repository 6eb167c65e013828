import { Problem } from "./problem";
import { randomHex } from "./random";
import type { BrowserStorage } from "./storage";

interface KeptKey {
  request: string;
  key: string;
}

/** One key for one intended change, kept over retries and reloads until its outcome is known. */
export class IdempotencyKeys {
  readonly #storage: BrowserStorage;

  constructor(storage: BrowserStorage) {
    this.#storage = storage;
  }

  async once<Answer>(
    operation: string,
    body: unknown,
    send: (key: string) => Promise<Answer>,
  ): Promise<Answer> {
    const key = this.#keyFor(operation, JSON.stringify(body ?? null));
    try {
      const answer = await send(key);
      this.#storage.remove(slot(operation));
      return answer;
    } catch (problem) {
      if (problem instanceof Problem && !problem.isUnsure) this.#storage.remove(slot(operation));
      throw problem;
    }
  }

  #keyFor(operation: string, request: string): string {
    const kept = this.#storage.read<KeptKey>(slot(operation));
    if (kept?.request === request) return kept.key;
    const key = randomHex(16);
    this.#storage.write(slot(operation), { request, key } satisfies KeptKey);
    return key;
  }
}

const slot = (operation: string) => `key.${operation}`;
