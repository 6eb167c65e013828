import { useEffect, useState } from "react";

/** Milliseconds after the page has opened, when it loads code that later steps need. */
const SOON = 300;
const RETRY = 1_000;

/** `report` is called each time that code can't be loaded, before the page asks for it again. */
export const missingCode = { report: () => {} };

/**
 * Loads code that isn't needed at first, and returns null until it has come or if `load` is null.
 * It is requested soon after the page has opened, so that a later step doesn't have to wait, or
 * immediately if `isNeeded` is set. After a failure it is requested again.
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
