import { useLayoutEffect, useRef } from "react";

/**
 * Returns a ref that is true until the component is removed. A step that has waited for an answer
 * reads it before it opens another step, because the visitor may have left the step meanwhile.
 */
export function useIsShown() {
  const isShown = useRef(true);
  useLayoutEffect(
    () => () => {
      isShown.current = false;
    },
    [],
  );
  return isShown;
}
