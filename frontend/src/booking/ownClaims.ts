import type { BrowserStorage } from "../api/storage";
import type { Checkout, Hold } from "../api/wire";
import type { Cancel } from "../feed/environment";

/** A hold or checkout of this browser, as all its tabs know it. */
export interface OwnClaim {
  kind: "hold" | "checkout";
  id: string;
  claim: string;
  serviceId: number;
  resourceId: number;
  startsAt: string;
  endsAt: string;
  expiresAt: string;
  takenAt: number;
  tab: string;
}

const KEY = "claims";

/** What this browser holds, shared by its tabs, so that none mistakes another's for a stranger's. */
export class OwnClaims {
  readonly #storage: BrowserStorage;
  readonly #tab: string;
  readonly #now: () => number;
  readonly #listeners = new Set<() => void>();
  #claims: readonly OwnClaim[] = [];

  constructor(storage: BrowserStorage, tab: string, now: () => number) {
    this.#storage = storage;
    this.#tab = tab;
    this.#now = now;
    this.reread();
  }

  get all(): readonly OwnClaim[] {
    return this.#claims;
  }

  subscribe(listener: () => void): Cancel {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  has(id: string): boolean {
    return this.#claims.some((own) => own.id === id);
  }

  isOfThisTab(claim: OwnClaim): boolean {
    return claim.tab === this.#tab;
  }

  /** A visitor has one hold per service at a time: a new one replaces the older. */
  keepHold(hold: Hold, takenAt: number): OwnClaim {
    const kept = this.#describe("hold", hold, takenAt);
    const others = this.#claims.filter(
      (own) => own.kind !== "hold" || own.serviceId !== kept.serviceId,
    );
    this.#write([...others, kept]);
    return kept;
  }

  /** A checkout takes the place of the hold it grew out of. */
  keepCheckout(checkout: Checkout): OwnClaim {
    const kept = this.#describe("checkout", checkout, this.#now());
    this.#write([...this.#claims.filter((own) => !isSameTime(own, kept)), kept]);
    return kept;
  }

  drop(id: string): void {
    if (this.has(id)) this.#write(this.#claims.filter((own) => own.id !== id));
  }

  /** Takes over what another tab has written. */
  reread(): void {
    this.#claims = this.#storage.read<OwnClaim[]>(KEY) ?? [];
    this.#tell();
  }

  #describe(kind: OwnClaim["kind"], claim: Hold, takenAt: number): OwnClaim {
    return {
      kind,
      id: claim.id,
      claim: claim.claim,
      serviceId: claim.service_id,
      resourceId: claim.resource_id,
      startsAt: claim.starts_at,
      endsAt: claim.ends_at,
      expiresAt: claim.expires_at,
      takenAt,
      tab: this.#tab,
    };
  }

  #write(claims: OwnClaim[]): void {
    const forgotten = this.#now() - 60_000;
    this.#claims = claims.filter((own) => Date.parse(own.expiresAt) > forgotten);
    this.#storage.write(KEY, this.#claims);
    this.#tell();
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}

export function isSameTime(one: OwnClaim, other: OwnClaim): boolean {
  return (
    one.serviceId === other.serviceId &&
    one.resourceId === other.resourceId &&
    one.startsAt === other.startsAt
  );
}
