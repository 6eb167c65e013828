import { useLayoutEffect, useState } from "react";
import { BASE } from "../../core/base";
import { listen } from "../../core/environment";

const ROOT = `${BASE}/office`;

/** A place in the office: its path below /office, and the query. */
export interface Place {
  path: string;
  query: URLSearchParams;
}

/** Returns the address of a place in the office. */
export const addressOf = (path: string) => ROOT + (path === "/" ? "" : path);

export function placeOf(address: URL): Place {
  const path = address.pathname.slice(ROOT.length).replace(/\/+$/, "");
  return { path: path || "/", query: address.searchParams };
}

const MOVED = "office:moved";

/**
 * Goes to a place in the office. With `isSame` it replaces the present entry of the browser's
 * history.
 */
export function go(path: string, { isSame = false } = {}): void {
  history[isSame ? "replaceState" : "pushState"](null, "", addressOf(path));
  dispatchEvent(new Event(MOVED));
}

/** Returns the present place in the office. */
export function usePlace(): Place {
  const [place, setPlace] = useState(() => placeOf(new URL(location.href)));
  useLayoutEffect(
    () => listen(window, ["popstate", MOVED], () => setPlace(placeOf(new URL(location.href)))),
    [],
  );
  return place;
}

/** Follows a link within the office without loading the page again. */
export function followLink(event: MouseEvent): void {
  const link = event.target instanceof Element ? event.target.closest("a") : null;
  const isPlain =
    event.button === 0 && !(event.metaKey || event.ctrlKey || event.shiftKey || event.altKey);
  if (!link || !isPlain || link.target || link.hasAttribute("download")) return;
  const address = new URL(link.href);
  const isInOffice = address.pathname === ROOT || address.pathname.startsWith(`${ROOT}/`);
  if (address.origin !== location.origin || !isInOffice) return;
  event.preventDefault();
  if (address.href !== location.href) history.pushState(null, "", address.href);
  dispatchEvent(new Event(MOVED));
}
