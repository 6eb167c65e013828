import { useCallback, useLayoutEffect, useState } from "react";
import { listen } from "../../core/environment";
import { usePageServices } from "../pageServices";
import { isSameStep, linkTo, parseRoute, type Route } from "../route";
import type { Tab } from "../tab";

/** Opens a route. `back` goes back in the browser's history if the previous entry is that step. */
export type Go = (route: Route, how?: "push" | "replace" | "back") => void;

/** What is stored with each entry of the history: the address from which it was opened. */
interface Entry {
  from?: string;
}

/** Returns the route in the address bar, and a function that changes it. */
export function useRoute(): [Route, Go] {
  const { tab } = usePageServices();
  const [route, setRoute] = useState(() => readRoute(tab));
  useLayoutEffect(() => {
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
 * Shows the next step while a picture of this one fades, if the browser can do that. The picture
 * doesn't contain the next step, so the visitor can press its buttons immediately.
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
      // Preact draws the changes as soon as this function pauses.
      await null;
      delete dataset.fades;
    })
    .ready.catch(() => {});
}

const readRoute = ({ location }: Tab) => parseRoute(new URL(location.href));
