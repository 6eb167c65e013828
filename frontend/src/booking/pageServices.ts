import { createContext } from "preact";
import { useContext } from "react";
import { type Api, createApi } from "../api/client";
import { createSendOnce, type SendOnce } from "../api/idempotency";
import { randomHex } from "../api/random";
import { type BrowserStorage, openStorage, storagePrefix } from "../api/storage";
import { openVisitor, type Visitor } from "../api/visitor";
import { browserEnvironment, type Cancel, type Environment, listen } from "../core/environment";
import { useChanges } from "../react/useChanges";
import type { ClaimKeeper, ClaimState } from "./claims/claim";
import { createClaimKeeper } from "./claims/claimKeeper";
import { type OwnClaims, openOwnClaims } from "./claims/ownClaims";
import { browserPageLife } from "./claims/pageLife";
import type { TranslatedCatalog } from "./offer/catalog";
import type { Tab } from "./tab";
import { openZoneChoice, type ZoneChoice } from "./zoneChoice";

/** The services that the components use. Each page creates them once. */
export interface PageServices {
  environment: Environment;
  visitor: Visitor;
  sendOnce: SendOnce;
  api: Api;
  /** Is shared by all tabs of this browser, and stays when the browser is closed. */
  storage: BrowserStorage;
  /** Belongs to this tab alone, and is deleted when the tab is closed. */
  tabStorage: BrowserStorage;
  ownClaims: OwnClaims;
  keeper: ClaimKeeper;
  tab: Tab;
  /** The catalog that came with the page, if it did. */
  catalog: TranslatedCatalog | null;
  /** Takes over what another tab has claimed or given back. */
  syncClaims(): void;
  /** Stops listening to other tabs. */
  close: Cancel;
  zoneChoice: ZoneChoice;
}

interface Place {
  tab: Tab;
  /** Tells several booking pages on one page apart: each is like a tab of its own. */
  part?: string;
  catalog?: TranslatedCatalog | null;
}

export function createPageServices({ tab, part, catalog = null }: Place): PageServices {
  const environment = browserEnvironment();
  const { serverClock, visibility } = environment;
  const storage = openStorage(() => localStorage);
  const tabStorage = openStorage(() => sessionStorage, part);
  const visitor = openVisitor(storage, () => serverClock.now());
  const sendOnce = createSendOnce(tabStorage);
  const api = createApi(environment, visitor, sendOnce);
  const ownClaims = openOwnClaims(storage, tabName(tabStorage), () => serverClock.now());
  const zoneChoice = openZoneChoice(tabStorage);
  const pageLife = browserPageLife(visibility);
  const keeper = createClaimKeeper({ api, environment, pageLife, ownClaims });
  const syncClaims = () => {
    ownClaims.reload();
    keeper.syncFromOtherTabs();
  };
  const close = listen(window, ["storage"], (event) => {
    if ((event as StorageEvent).key === `${storagePrefix()}claims`) syncClaims();
  });
  return {
    environment,
    visitor,
    sendOnce,
    api,
    storage,
    tabStorage,
    ownClaims,
    keeper,
    tab,
    catalog,
    syncClaims,
    close,
    zoneChoice,
  };
}

function tabName(storage: BrowserStorage): string {
  const name = storage.read<string>("tab") ?? randomHex(8);
  storage.write("tab", name);
  return name;
}

/** Gives the services to every component below its provider. */
export const PageServicesContext = createContext<PageServices | null>(null);

export function usePageServices(): PageServices {
  const services = useContext(PageServicesContext);
  if (!services) throw new Error("PageServicesContext has no provider.");
  return services;
}

/**
 * Returns the visitor's present claim and choice, and draws the component again when they change.
 */
export function useClaim(): ClaimState {
  const { keeper } = usePageServices();
  useChanges(keeper);
  return keeper.state;
}
