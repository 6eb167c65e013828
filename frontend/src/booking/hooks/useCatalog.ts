import { useState } from "react";
import type { Business, Resource, Service } from "../../core/wire";
import type { Catalog } from "../offer/catalog";
import { usePageServices } from "../pageServices";
import { useQuestion } from "./useQuestion";

export type CatalogState =
  | { kind: "loading" }
  | { kind: "known"; catalog: Catalog }
  | { kind: "unreachable" };

const EVERY = 20_000;
const RETRY = 3_000;

/** What is on offer; it follows when the business changes it while the page is open. */
export function useCatalog(): [CatalogState, askAgain: () => void] {
  const services = usePageServices();
  const { api, catalog } = services;
  const [state, setState] = useState<CatalogState>(
    catalog ? { kind: "known", catalog } : { kind: "loading" },
  );
  const isKnown = state.kind === "known";
  const question = {
    ask() {
      // What came with the page is new enough.
      const isNew = services.catalog !== null;
      services.catalog = null;
      return isNew ? null : Promise.all([api.business(), api.services(), api.resources()]);
    },
    receive([business, services, resources]: [Business, Service[], Resource[]]) {
      setState({ kind: "known", catalog: { business, services, resources } });
    },
    fail() {
      if (!isKnown) setState({ kind: "unreachable" });
    },
    every: isKnown ? EVERY : RETRY,
  };
  return [state, useQuestion(question, "catalog")];
}
