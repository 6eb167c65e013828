import { useEffect, useState } from "react";
import type { Business, Resource, Service } from "../api/wire";
import { useParts } from "./parts";
import { useRepeatedly } from "./useRepeatedly";

export interface Catalogue {
  business: Business;
  services: Service[];
  resources: Resource[];
}

export type CatalogueState =
  | { kind: "loading" }
  | { kind: "known"; catalogue: Catalogue }
  | { kind: "unreachable" };

const EVERY = 60_000;
const RETRY = 3_000;

/** What is on offer; it follows when the business changes it while the page is open. */
export function useCatalogue(): CatalogueState {
  const { api } = useParts();
  const [state, setState] = useState<CatalogueState>({ kind: "loading" });
  const [round, setRound] = useState(0);
  const isKnown = state.kind === "known";

  useRepeatedly(isKnown ? EVERY : RETRY, () => setRound((count) => count + 1));
  // biome-ignore lint/correctness/useExhaustiveDependencies: each round asks again
  useEffect(() => {
    let isCurrent = true;
    Promise.all([api.business(), api.services(), api.resources()]).then(
      ([business, services, resources]) => {
        if (isCurrent) setState({ kind: "known", catalogue: { business, services, resources } });
      },
      () => {
        if (isCurrent)
          setState((state) => (state.kind === "known" ? state : { kind: "unreachable" }));
      },
    );
    return () => {
      isCurrent = false;
    };
  }, [api, round]);

  return state;
}

export function resourcesFor(catalogue: Catalogue, service: Service): Resource[] {
  return catalogue.resources.filter(({ id }) => service.resource_ids.includes(id));
}
