import { useState } from "react";
import type { BrowserStorage } from "../../api/storage";
import type { Customer } from "../../core/wire";
import { usePageServices } from "../pageServices";
import { REMEMBERED } from "./useRemembered";

export type Draft = Required<Customer>;

const EMPTY: Draft = { name: "", email: "", phone: "" };

/** What was typed so far. It survives everything but the end of the booking. */
export function useDraft(): [Draft, (change: Partial<Draft>) => void] {
  const { storage, tabStorage } = usePageServices();
  const [draft, setDraft] = useState<Draft>(() => ({
    ...EMPTY,
    ...(tabStorage.read<Draft>("customer") ?? storage.read<Draft>(REMEMBERED)),
  }));
  const change = (changed: Partial<Draft>) => {
    const next = { ...draft, ...changed };
    tabStorage.write("customer", next);
    setDraft(next);
  };
  return [draft, change];
}

/** A link may name the customer: "?name=Ann&email=a%2Bb@example.com". Nothing is ever sent by it. */
export function draftFrom(search: string): Partial<Draft> {
  const given = new URLSearchParams(search);
  const name = given.get("name")?.trim();
  // A plus in an address stands for a space, and neither of these two has one where it stood.
  const email = given.get("email")?.trim().replaceAll(" ", "+");
  const phone = given
    .get("phone")
    ?.replace(/^ (?=\d)/, "+")
    .trim();
  return Object.fromEntries(Object.entries({ name, email, phone }).filter(([, value]) => value));
}

/** Reads the customer's data from the address and removes it there, so that nobody else sees it. */
export function prefill(tabStorage: BrowserStorage): void {
  const address = new URL(location.href);
  const given = draftFrom(address.search);
  if (Object.keys(given).length > 0) {
    tabStorage.write("customer", { ...EMPTY, ...tabStorage.read<Draft>("customer"), ...given });
  }
  const names = Object.keys(EMPTY).filter((name) => address.searchParams.has(name));
  if (names.length === 0) return;
  for (const name of names) address.searchParams.delete(name);
  history.replaceState(history.state, "", address);
}

export function customerOf(draft: Draft): Customer {
  const customer = { name: draft.name.trim(), email: draft.email.trim() };
  const phone = draft.phone.trim();
  return phone === "" ? customer : { ...customer, phone };
}
