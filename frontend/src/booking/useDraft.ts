import { useState } from "react";
import type { Customer } from "../api/wire";
import { useParts } from "./parts";

export type Draft = Required<Customer>;

/** What was typed so far. It survives everything but the end of the booking. */
export function useDraft(): [Draft, (change: Partial<Draft>) => void] {
  const { tabStorage } = useParts();
  const [draft, setDraft] = useState<Draft>(
    () => tabStorage.read<Draft>("customer") ?? { name: "", email: "", phone: "" },
  );
  const change = (changed: Partial<Draft>) => {
    const next = { ...draft, ...changed };
    tabStorage.write("customer", next);
    setDraft(next);
  };
  return [draft, change];
}

export function customerOf(draft: Draft): Customer {
  const customer = { name: draft.name.trim(), email: draft.email.trim() };
  const phone = draft.phone.trim();
  return phone === "" ? customer : { ...customer, phone };
}
