import { Problem } from "./problem";
import { randomHex } from "./random";
import type { BrowserStorage } from "./storage";

interface KeptKey {
  request: string;
  key: string;
}

/**
 * Sends an intended change with one key, which is kept until the outcome of the change is known.
 */
export type SendOnce = <Answer>(
  operation: string,
  body: object | undefined,
  send: (key: string) => Promise<Answer>,
) => Promise<Answer>;

/** Keeps the keys in the storage, so that they outlive retries and reloads. */
export function createSendOnce(storage: BrowserStorage): SendOnce {
  return async (operation, body, send) => {
    const slot = `key ${operation}`;
    const request = JSON.stringify(body) ?? "";
    const kept = storage.read<KeptKey>(slot);
    const key = kept?.request === request ? kept.key : randomHex(16);
    storage.write(slot, { request, key } satisfies KeptKey);
    try {
      const answer = await send(key);
      storage.remove(slot);
      return answer;
    } catch (problem) {
      if (problem instanceof Problem && !problem.isOutcomeUnknown) storage.remove(slot);
      throw problem;
    }
  };
}
