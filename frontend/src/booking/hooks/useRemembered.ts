import { useState } from "react";
import { usePageServices } from "../pageServices";
import type { Draft } from "./useDraft";

export const REMEMBERED = "details";

/** Whether this browser is to remember the visitor's details. It does so only if it is told to. */
export function useRemembered() {
  const { storage, tabStorage } = usePageServices();
  const [isWanted, setWanted] = useState(
    () => tabStorage.read<boolean>("remember") ?? storage.read<Draft>(REMEMBERED) !== null,
  );
  return {
    isWanted,
    /** What was remembered is forgotten immediately. */
    want(wanted: boolean) {
      tabStorage.write("remember", wanted);
      if (!wanted) storage.remove(REMEMBERED);
      setWanted(wanted);
    },
    /** Called once a booking is made. */
    keep(draft: Draft) {
      tabStorage.remove("remember");
      if (isWanted) storage.write(REMEMBERED, draft);
    },
  };
}
