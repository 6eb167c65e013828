import type { BrowserStorage } from "../../api/storage";
import type { Cancel } from "../../core/environment";
import type { Checkout, Hold } from "../../core/wire";

/** A hold or checkout of this browser, as all its tabs know it. */
export interface OwnClaim extends Hold {
  kind: "hold" | "checkout";
  tab: string;
}

/** What this browser holds, shared by its tabs, so that none mistakes another's for a stranger's. */
export interface OwnClaims {
  readonly all: readonly OwnClaim[];
  has(id: string): boolean;
  isOfThisTab(claim: OwnClaim): boolean;
  keepHold(hold: Hold): OwnClaim;
  keepCheckout(checkout: Checkout): OwnClaim;
  /** What this tab has beside one claim. */
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

  /** Nobody needs to know that a claim was merely prolonged. */
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

  /** Another tab may have written what this one hasn't heard of yet. */
  const readStored = () => storage.read<OwnClaim[]>(KEY) ?? claims;

  /** Keeps a claim in the place of those it supersedes. */
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
    /** A visitor has one hold per service at a time. */
    keepHold(hold) {
      return keep(
        { ...hold, kind: "hold", tab },
        (own) => own.kind === "hold" && own.service_id === hold.service_id,
      );
    },
    /** A checkout takes the place of the hold it grew out of. */
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
