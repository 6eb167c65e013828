import { useCallback, useLayoutEffect, useState } from "react";
import { listen } from "../../core/environment";
import { usePageServices } from "../pageServices";
import { isSameStep, linkTo, parseRoute, type Route } from "../route";
import type { Tab } from "../tab";

/**
 * Opens a route. `back` goes back in the browser's history if the previous entry is that step.
 * `correct` is for what a step does by itself, for example when it opens its first day: it replaces
 * the address, but not if the visitor has left the step and the next one isn't shown yet.
 */
export type Go = (route: Route, how?: "push" | "replace" | "correct" | "back") => void;

/** What is stored with each entry of the history: the address from which it was opened. */
interface Entry {
  from?: string;
}

/** Returns the route in the address bar, and a function that changes it. */
export function useRoute(): [Route, Go] {
  const { tab } = usePageServices();
  const [route, setRoute] = useState(() => readRoute(tab));
  useLayoutEffect(() => listen(tab, ["popstate"], () => fadeOut(tab, setRoute)), [tab]);
  const go = useCallback<Go>(
    (next, how = "push") => {
      const { location, history } = tab;
      const { href } = location;
      // While a step fades, the address already belongs to the next step.
      if (how === "correct" && "fades" in tab.document.documentElement.dataset) return;
      const from = (history.state as Entry | null)?.from;
      if (how === "back" && from && isSameStep(parseRoute(new URL(from)), next)) {
        history.back();
        return;
      }
      const address = new URL(linkTo(next, location.search), href).href;
      if (how === "push" && address !== href) history.pushState({ from: href }, "", address);
      else history.replaceState(history.state, "", address);
      if (how === "replace" || how === "correct") setRoute(next);
      else fadeOut(tab, setRoute);
    },
    [tab],
  );
  return [route, go];
}

/**
 * Shows the step of the address while a picture of this one fades, if the browser can do that. The
 * picture doesn't contain the next step, so the visitor can press its buttons immediately.
 */
function fadeOut(tab: Tab, setRoute: (route: Route) => void): void {
  const { document } = tab;
  const show = () => setRoute(readRoute(tab));
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
