import { useEffect, useReducer } from "react";
import type { Cancel } from "../feed/environment";

interface Changing {
  subscribe(listener: () => void): Cancel;
}

/** Renders whenever something that can be subscribed to changes. */
export function useChanges(subject: Changing | null): void {
  const [, render] = useReducer((count: number, _: undefined) => count + 1, 0);
  useEffect(() => subject?.subscribe(() => render(undefined)), [subject]);
}
