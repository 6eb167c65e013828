import { useState } from "react";
import { usePageServices } from "../pageServices";
import type { Draft } from "./useDraft";

export const REMEMBERED = "details";

/** Remembers the visitor's details in this browser, but only if the visitor wants it. */
export function useRemembered() {
  const { storage, tabStorage } = usePageServices();
  const [isWanted, setWanted] = useState(
    () => tabStorage.read<boolean>("remember") ?? storage.read<Draft>(REMEMBERED) !== null,
  );
  return {
    isWanted,
    /**
     * Sets whether details are remembered. If not, those that were remembered are removed
     * immediately.
     */
    want(wanted: boolean) {
      tabStorage.write("remember", wanted);
      if (!wanted) storage.remove(REMEMBERED);
      setWanted(wanted);
    },
    /** Remembers the details after a booking is made, if the visitor wants it. */
    keep(draft: Draft) {
      tabStorage.remove("remember");
      if (isWanted) storage.write(REMEMBERED, draft);
    },
  };
}
