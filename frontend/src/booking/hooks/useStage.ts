import { useLayoutEffect, useRef } from "react";
import { usePageServices } from "../pageServices";

/** The steps in the order in which they are shown. */
const STEPS = "service staff time details done";

/**
 * Focuses the heading of each new step, for screen readers, but not on the first page. The title of
 * the document becomes the text of the heading.
 */
export function useStage(step: string, business: string) {
  const { tab } = usePageServices();
  const stage = useRef<HTMLElement>(null);
  const seen = useRef(step);
  useLayoutEffect(() => {
    tab.document.title = [stage.current?.querySelector("h2")?.textContent, business]
      .filter(Boolean)
      .join(" · ");
  });
  useLayoutEffect(() => {
    if (seen.current !== step && stage.current) {
      stage.current.dataset.back = `${STEPS.indexOf(step) < STEPS.indexOf(seen.current)}`;
      stage.current.querySelector("h2")?.focus();
      tab.scrollTo({ top: 0 });
    }
    seen.current = step;
  }, [tab, step]);
  return stage;
}
