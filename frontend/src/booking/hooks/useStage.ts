import { useLayoutEffect, useRef } from "react";

/** Focuses the heading of each new step, for screen readers; not on the first page. */
export function useStage(step: string) {
  const stage = useRef<HTMLElement>(null);
  const seen = useRef(step);
  useLayoutEffect(() => {
    if (seen.current !== step) stage.current?.querySelector("h2")?.focus();
    seen.current = step;
  }, [step]);
  return stage;
}
