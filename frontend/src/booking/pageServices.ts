import { type Api, createApi } from "../api/client";
import { idempotencyKeys, type Once } from "../api/idempotency";
import { randomHex } from "../api/random";
import { type BrowserStorage, openStorage, PREFIX } from "../api/storage";
import { type Visitor, visitorOf } from "../api/visitor";
import { browserEnvironment, type Environment } from "../core/environment";
import { useChanges } from "../react/useChanges";
import type { ClaimState } from "./claims/claim";
import { type ClaimKeeper, createClaimKeeper } from "./claims/claimKeeper";
import { type OwnClaims, openOwnClaims } from "./claims/ownClaims";
import { browserPageLife } from "./claims/pageLife";

/** What the page is made of, put together once. */
export interface Parts {
  environment: Environment;
  visitor: Visitor;
  once: Once;
  api: Api;
  /** Kept for this tab alone, and gone with it. */
  tabStorage: BrowserStorage;
  ownClaims: OwnClaims;
  keeper: ClaimKeeper;
}

export function browserParts(): Parts {
  const environment = browserEnvironment();
  const { serverClock, visibility } = environment;
  const storage = openStorage(() => localStorage);
  const tabStorage = openStorage(() => sessionStorage);
  const visitor = visitorOf(storage, () => serverClock.now());
  const once = idempotencyKeys(tabStorage);
  const api = createApi(environment, visitor, once);
  const ownClaims = openOwnClaims(storage, tabName(tabStorage), () => serverClock.now());
  const pageLife = browserPageLife(visibility);
  const keeper = createClaimKeeper({ api, environment, pageLife, ownClaims });
  addEventListener("storage", (event) => {
    if (event.key !== `${PREFIX}claims`) return;
    ownClaims.reread();
    keeper.lookAround();
  });
  return { environment, visitor, once, api, tabStorage, ownClaims, keeper };
}

function tabName(storage: BrowserStorage): string {
  const name = storage.read<string>("tab") ?? randomHex(8);
  storage.write("tab", name);
  return name;
}

let present: Parts;

/** Comes before anything is shown. A document is one page: a context would only weigh more. */
export function assemble(parts: Parts): void {
  present = parts;
}

export const useParts = (): Parts => present;

/** What the visitor has in hand, as it changes. */
export function useClaim(): ClaimState {
  const { keeper } = useParts();
  useChanges(keeper);
  return keeper.state;
}
