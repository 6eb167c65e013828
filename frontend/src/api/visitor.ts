import { randomHex } from "./random";
import type { BrowserStorage } from "./storage";

/**
 * The visitor: the secret of this browser and the order of its hold requests, which all tabs share.
 */
export interface Visitor {
  secret(): string;
  nextSequence(): number;
}

export function openVisitor(storage: BrowserStorage, now: () => number): Visitor {
  return {
    secret() {
      const kept = storage.read<string>("visitor");
      if (kept) return kept;
      const secret = randomHex(16);
      storage.write("visitor", secret);
      return secret;
    },
    nextSequence() {
      const last = storage.read<number>("sequence") ?? 0;
      const next = Math.max(last + 1, Math.floor(now()));
      storage.write("sequence", next);
      return next;
    },
  };
}
