import { useState } from "react";
import type { Business, Resource, Service } from "../api/wire";
import { useParts } from "./parts";
import { useAsked } from "./useAsked";

export interface Catalogue {
  business: Business;
  services: Service[];
  resources: Resource[];
}

export type CatalogueState =
  | { kind: "loading" }
  | { kind: "known"; catalogue: Catalogue }
  | { kind: "unreachable" };

const EVERY = 20_000;
const RETRY = 3_000;

/** What is on offer; it follows when the business changes it while the page is open. */
export function useCatalogue(): [CatalogueState, askAgain: () => void] {
  const { api } = useParts();
  const [state, setState] = useState<CatalogueState>({ kind: "loading" });
  const isKnown = state.kind === "known";
  const question = {
    ask: () => Promise.all([api.business(), api.services(), api.resources()]),
    receive([business, services, resources]: [Business, Service[], Resource[]]) {
      setState({ kind: "known", catalogue: { business, services, resources } });
    },
    fail() {
      if (!isKnown) setState({ kind: "unreachable" });
    },
    every: isKnown ? EVERY : RETRY,
  };
  return [state, useAsked(question, [api])];
}

export function resourcesFor(catalogue: Catalogue, service: Service): Resource[] {
  return catalogue.resources.filter(({ id }) => service.resource_ids.includes(id));
}
