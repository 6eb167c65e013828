import { useState } from "react";
import type { BrowserStorage } from "../../api/storage";
import type { Customer } from "../../core/wire";
import { usePageServices } from "../pageServices";
import { REMEMBERED } from "./useRemembered";

export type Draft = Required<Customer>;

const EMPTY: Draft = { name: "", email: "", phone: "" };

/**
 * Returns the customer's details as typed so far, and a function that changes them. They are kept
 * until the booking is made.
 */
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

/**
 * Reads the customer's details from a link: "?name=Ann&email=a%2Bb@example.com". They fill in the
 * form; this never sends it.
 */
export function draftFrom(search: string): Partial<Draft> {
  const given = new URLSearchParams(search);
  const name = given.get("name")?.trim();
  // In an address a plus means a space. An e-mail address has no spaces, and a phone number doesn't
  // begin with one, so such a space was a plus.
  const email = given.get("email")?.trim().replaceAll(" ", "+");
  const phone = given
    .get("phone")
    ?.replace(/^ (?=\d)/, "+")
    .trim();
  return Object.fromEntries(Object.entries({ name, email, phone }).filter(([, value]) => value));
}

/**
 * Moves the customer's details from the address into the form, so that nobody else sees them there.
 */
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
