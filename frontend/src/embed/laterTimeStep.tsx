import { useLayoutEffect, useReducer, useRef } from "react";
import { usePageServices } from "../booking/pageServices";
import type { TimeStep as Step } from "../booking/steps/TimeStep";

/**
 * The step with the times. The build uses this module in place of the step that the booking page
 * imports, so that the code for the services is loaded first, and this code right after it.
 */
let Found: typeof Step | null = null;

const RETRY = 1_000;

export async function loadTimeStep(): Promise<void> {
  Found ??= (await import("../booking/steps/TimeStep")).TimeStep;
}

export function TimeStep(props: Parameters<typeof Step>[0]) {
  const [, draw] = useReducer((count: number, _: null) => count + 1, 0);
  const { tab } = usePageServices();
  const wasMissing = useRef(Found === null);
  useLayoutEffect(() => {
    if (!wasMissing.current) return undefined;
    if (Found) {
      wasMissing.current = false;
      tab.document.documentElement.querySelector<HTMLElement>(".stage h2")?.focus();
      return undefined;
    }
    let timer = 0;
    const load = () =>
      loadTimeStep().then(
        () => draw(null),
        () => {
          timer = window.setTimeout(load, RETRY);
        },
      );
    void load();
    return () => clearTimeout(timer);
  });
  return Found ? <Found {...props} /> : null;
}
