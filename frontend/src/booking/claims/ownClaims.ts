import type { BrowserStorage } from "../../api/storage";
import type { Cancel } from "../../core/environment";
import type { Checkout, Hold } from "../../core/wire";

/** A hold or checkout of this browser. All of its tabs know it. */
export interface OwnClaim extends Hold {
  kind: "hold" | "checkout";
  tab: string;
}

/**
 * The claims of this browser, which its tabs share, so that each tab knows the claims of the
 * others.
 */
export interface OwnClaims {
  readonly all: readonly OwnClaim[];
  has(id: string): boolean;
  isOfThisTab(claim: OwnClaim): boolean;
  keepHold(hold: Hold): OwnClaim;
  keepCheckout(checkout: Checkout): OwnClaim;
  /** Returns the claims of this tab except the one with this id. */
  othersOfThisTab(id: string): OwnClaim[];
  drop(id: string): void;
  /** Takes over what another tab has written. */
  reload(): void;
  subscribe(listener: () => void): Cancel;
}

const KEY = "claims";
const FORGET_AFTER = 60_000;

export function openOwnClaims(storage: BrowserStorage, tab: string, now: () => number): OwnClaims {
  const listeners = new Set<() => void>();
  let claims = storage.read<OwnClaim[]>(KEY) ?? [];

  /** Replaces the claims. Listeners aren't called if a claim was only prolonged. */
  function setClaims(next: OwnClaim[]): void {
    const isNews = claimNames(next) !== claimNames(claims);
    claims = next;
    if (isNews) for (const listener of listeners) listener();
  }

  function write(next: OwnClaim[]): void {
    const isRemembered = (own: OwnClaim) => Date.parse(own.expires_at) + FORGET_AFTER > now();
    const remembered = next.filter(isRemembered);
    storage.write(KEY, remembered);
    setClaims(remembered);
  }

  /** Reads the claims from the storage, where another tab may have written something new. */
  const readStored = () => storage.read<OwnClaim[]>(KEY) ?? claims;

  /** Stores a claim in place of the claims that it supersedes. */
  function keep(kept: OwnClaim, supersedes: (own: OwnClaim) => boolean): OwnClaim {
    write([...readStored().filter((own) => !supersedes(own)), kept]);
    return kept;
  }

  const has = (id: string) => claims.some((own) => own.id === id);

  return {
    get all() {
      return claims;
    },
    has,
    isOfThisTab: (own) => own.tab === tab,
    /**
     * Stores a hold. It replaces an earlier hold of the same service, because a visitor has one
     * hold per service at a time.
     */
    keepHold(hold) {
      return keep(
        { ...hold, kind: "hold", tab },
        (own) => own.kind === "hold" && own.service_id === hold.service_id,
      );
    },
    /** Stores a checkout. It replaces the hold that it was made from. */
    keepCheckout(checkout) {
      return keep({ ...checkout, kind: "checkout", tab }, (own) => isSameTime(own, checkout));
    },
    othersOfThisTab: (id) => readStored().filter((own) => own.tab === tab && own.id !== id),
    drop(id) {
      if (has(id)) write(readStored().filter((own) => own.id !== id));
    },
    reload: () => setClaims(storage.read<OwnClaim[]>(KEY) ?? []),
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

const claimNames = (claims: OwnClaim[]) => claims.map(({ claim }) => claim).join();

export function isSameTime(one: Hold, other: Hold): boolean {
  return (
    one.service_id === other.service_id &&
    one.resource_id === other.resource_id &&
    one.starts_at === other.starts_at
  );
}
