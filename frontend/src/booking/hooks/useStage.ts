import { useLayoutEffect, useRef } from "react";

/**
 * Focuses the heading of each new step, for screen readers; not on the first page. The title of the
 * document says what the heading says.
 */
export function useStage(step: string, business: string) {
  const stage = useRef<HTMLElement>(null);
  const seen = useRef(step);
  useLayoutEffect(() => {
    document.title = [stage.current?.querySelector("h2")?.textContent, business]
      .filter(Boolean)
      .join(" · ");
  });
  useLayoutEffect(() => {
    if (seen.current !== step) {
      stage.current?.querySelector("h2")?.focus();
      scrollTo({ top: 0 });
    }
    seen.current = step;
  }, [step]);
  return stage;
}
