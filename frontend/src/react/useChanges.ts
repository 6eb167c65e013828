import { useEffect, useReducer } from "react";
import type { Cancel } from "../core/environment";

interface Changing {
  subscribe(listener: () => void): Cancel;
}

/** Draws the component again whenever the subject changes. */
export function useChanges(subject: Changing | null): void {
  const [, render] = useReducer((count: number, _: undefined) => count + 1, 0);
  useEffect(() => {
    if (subject === null) return;
    const cancel = subject.subscribe(() => render(undefined));
    // The subject may have changed between the render and this subscription.
    render(undefined);
    return cancel;
  }, [subject]);
}
