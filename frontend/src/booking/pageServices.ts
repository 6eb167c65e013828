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

/** The services that the components use. Each page makes them one time. */
export interface PageServices {
  environment: Environment;
  visitor: Visitor;
  sendOnce: SendOnce;
  api: Api;
  /** Kept for all tabs of this browser, also when it is closed. */
  storage: BrowserStorage;
  /** Kept for this tab alone; deleted when the tab is closed. */
  tabStorage: BrowserStorage;
  ownClaims: OwnClaims;
  keeper: ClaimKeeper;
  tab: Tab;
  /** What is on offer, as the server has told it together with the page. */
  catalog: TranslatedCatalog | null;
  /** Takes over what another tab has claimed or given back. */
  syncClaims(): void;
  /** Stops hearing of other tabs. */
  close: Cancel;
  zoneChoice: ZoneChoice;
}

interface Place {
  tab: Tab;
  /** Where several are on one page, each is a tab of its own. */
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

/** The visitor's present claim and choice; renders again when they change. */
export function useClaim(): ClaimState {
  const { keeper } = usePageServices();
  useChanges(keeper);
  return keeper.state;
}
