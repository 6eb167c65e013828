import { useEffect, useState } from "react";
import { Problem } from "../../api/problem";
import { useOfficeApi } from "../shell/office";
import type { Customer, CustomersPart } from "./wire";

const PAUSE = 150;
const MOST = 6;
/** Less says too little. */
const SHORTEST = 2;

/** The customers in whom what is typed is found; none while it can't be known. */
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
