import { useEffect, useState } from "react";
import { Problem } from "../../api/problem";
import { useOfficeApi } from "../shell/office";
import type { Customer, CustomersPart } from "./wire";

const PAUSE = 150;
const MOST = 6;
/** A shorter text would find too many customers. */
const SHORTEST = 2;

/** Returns the customers that match the typed text. There are none while they aren't known. */
export function useSuggestions(typed: string): readonly Customer[] {
  const api = useOfficeApi();
  const [found, setFound] = useState<readonly Customer[]>([]);
  const wanted = typed.trim();
  useEffect(() => {
    if (wanted.length < SHORTEST) return setFound([]);
    let isCurrent = true;
    const timer = setTimeout(() => {
      const query = new URLSearchParams({ q: wanted, sort: "recent", limit: String(MOST) });
      api.get<CustomersPart>(`/customers?${query}`).then(
        (part) => isCurrent && setFound(part.customers),
        (error) => {
          if (!(error instanceof Problem)) throw error;
          if (isCurrent) setFound([]);
        },
      );
    }, PAUSE);
    return () => {
      isCurrent = false;
      clearTimeout(timer);
    };
  }, [api, wanted]);
  return found;
}
