import { useLayoutEffect, useRef } from "react";

/**
 * Returns whether the component is still shown, as a ref. Who awaits something asks it, because the
 * visitor may have gone elsewhere meanwhile.
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
