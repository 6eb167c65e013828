import { useEffect, useRef } from "react";

/** Whoever can't see the change of step is taken to its heading; the first page is left alone. */
export function useStage(step: string) {
  const stage = useRef<HTMLElement>(null);
  const seen = useRef(step);
  useEffect(() => {
    if (seen.current !== step) stage.current?.querySelector("h2")?.focus();
    seen.current = step;
  }, [step]);
  return stage;
}
