import { useState } from "react";
import type { Business, Resource, Service } from "../../core/wire";
import type { Catalog } from "../offer/catalog";
import { usePageServices } from "../pageServices";
import { speaker } from "../texts";
import { useQuestion } from "./useQuestion";

export type CatalogState =
  | { kind: "loading" }
  | { kind: "known"; catalog: Catalog }
  | { kind: "unreachable" };

const EVERY = 20_000;
const RETRY = 3_000;

/**
 * Returns the catalog in the language of the page. It is read again when the business changes it
 * while the page is open, and when the visitor chooses another language.
 */
export function useCatalog(): [CatalogState, askAgain: () => void] {
  const services = usePageServices();
  const { api, catalog } = services;
  const [state, setState] = useState<CatalogState>(
    catalog ? { kind: "known", catalog } : { kind: "loading" },
  );
  const isKnown = state.kind === "known";
  const { lang } = speaker;
  const question = {
    ask() {
      // The catalog that came with the page is new enough.
      const isNew = services.catalog?.language === lang;
      services.catalog = null;
      return isNew
        ? null
        : Promise.all([api.business(lang), api.services(lang), api.resources(lang)]);
    },
    receive([business, services, resources]: [Business, Service[], Resource[]]) {
      setState({ kind: "known", catalog: { business, services, resources } });
    },
    fail() {
      if (!isKnown) setState({ kind: "unreachable" });
    },
    every: isKnown ? EVERY : RETRY,
  };
  return [state, useQuestion(question, lang)];
}
