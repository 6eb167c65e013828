import { useEffect, useState } from "react";

/** How long after the page has opened code is loaded that will be needed later. */
const SOON = 300;
const RETRY = 1_000;

/** `report`: what is done each time that code can't be loaded, before it is asked for again. */
export const missingCode = { report: () => {} };

/**
 * Code that isn't needed at first; null until it is there. Without `load` none is. It is asked for again until it comes, soon
 * after the page has opened, so that a later step doesn't have to wait for it.
 */
export function useLoadedCode<Code>(
  load: (() => Promise<Code>) | null,
  isNeeded: boolean,
): Code | null {
  const [code, setCode] = useState<Code | null>(null);
  const isMissing = code === null;
  // biome-ignore lint/correctness/useExhaustiveDependencies: `load` is another function each time
  useEffect(() => {
    if (!isMissing || !load) return undefined;
    const ask = () => {
      load().then(
        (loaded) => setCode(loaded),
        () => {
          missingCode.report();
          timer = setTimeout(ask, RETRY);
        },
      );
    };
    let timer = setTimeout(ask, isNeeded ? 0 : SOON);
    return () => clearTimeout(timer);
  }, [isMissing, isNeeded, load === null]);
  return code;
}
