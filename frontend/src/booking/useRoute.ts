import { useCallback, useEffect, useState } from "react";
import { addressOf, parseRoute, type Route } from "./route";

export type Go = (route: Route, how?: "push" | "replace") => void;

/** The route in the address bar, and the way to change it. */
export function useRoute(): [Route, Go] {
  const [route, setRoute] = useState(readRoute);
  useEffect(() => {
    const follow = () => setRoute(readRoute());
    addEventListener("popstate", follow);
    return () => removeEventListener("popstate", follow);
  }, []);
  const go = useCallback<Go>((next, how = "push") => {
    if (how === "push") history.pushState(null, "", addressOf(next));
    else history.replaceState(null, "", addressOf(next));
    setRoute(next);
  }, []);
  return [route, go];
}

const readRoute = () => parseRoute(new URL(location.href));
