import { useCallback, useEffect, useState } from "react";
import { listen } from "../../core/environment";
import { usePageServices } from "../pageServices";
import { isSameStep, linkTo, parseRoute, type Route } from "../route";
import type { Tab } from "../tab";

/** `back` opens an earlier step: by the browser's history where that is its previous entry. */
export type Go = (route: Route, how?: "push" | "replace" | "back") => void;

/** What is kept with each entry of the history. */
interface Entry {
  from?: string;
}

/** The route in the address bar, and the way to change it. */
export function useRoute(): [Route, Go] {
  const { tab } = usePageServices();
  const [route, setRoute] = useState(() => readRoute(tab));
  useEffect(() => {
    const follow = () => fadeOut(tab, () => setRoute(readRoute(tab)));
    return listen(tab, ["popstate"], follow);
  }, [tab]);
  const go = useCallback<Go>(
    (next, how = "push") => {
      const { location, history } = tab;
      const { href } = location;
      const { from } = (history.state ?? {}) as Entry;
      if (how === "back" && from !== undefined && isSameStep(parseRoute(new URL(from)), next)) {
        history.back();
        return;
      }
      const address = new URL(linkTo(next, location.search), href).href;
      if (how === "push" && address !== href) history.pushState({ from: href }, "", address);
      else history.replaceState(history.state, "", address);
      const show = () => setRoute(next);
      if (how === "replace") show();
      else fadeOut(tab, show);
    },
    [tab],
  );
  return [route, go];
}

/**
 * Shows the next step while a picture of this one fades, where the browser can do that. The picture
 * has no part of the next step, which can be pressed at once.
 */
function fadeOut({ document }: Tab, show: () => void): void {
  if (!document.startViewTransition) {
    show();
    return;
  }
  const { dataset } = document.documentElement;
  dataset.fades = "";
  document
    .startViewTransition(async () => {
      show();
      // Preact draws what has changed as soon as this function pauses.
      await null;
      delete dataset.fades;
    })
    .ready.catch(() => {});
}

const readRoute = ({ location }: Tab) => parseRoute(new URL(location.href));
