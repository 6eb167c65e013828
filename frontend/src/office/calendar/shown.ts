import type { Place } from "../shell/router";
import type { Range } from "./calendarApi";
import { dayIn, isDay, weekOf } from "./time";

export type View = "day" | "week" | "list";
const VIEWS: readonly View[] = ["day", "week", "list"];
/** What the address asks for. Without resources, all are shown. */
export interface Shown {
  day: string;
  view: View;
  resources: readonly number[];
}

export function readShown({ query }: Place, zone: string | null, isPhone: boolean): Shown {
  const day = query.get("day") ?? "";
  const view = VIEWS.find((each) => each === query.get("view"));
  const resources = (query.get("who") ?? "").split(",").map(Number);
  return {
    day: isDay(day) ? day : today(zone),
    view: view ?? (isPhone ? "list" : "day"),
    resources: [...new Set(resources)].filter((each) => Number.isInteger(each) && each > 0),
  };
}

/** Returns the path and query in the office that show this. */
export function pathOf({ day, view, resources }: Shown, isPhone: boolean): string {
  const query = new URLSearchParams({ day });
  if (view !== (isPhone ? "list" : "day")) query.set("view", view);
  return `/calendar?${query}${resources.length ? `&who=${resources.join(",")}` : ""}`;
}

export function rangeOf({ day, view, resources }: Shown): Range {
  if (view !== "week") return { from: day, days: 1, resources };
  return { from: weekOf(day), days: 7, resources };
}

/**
 * Returns the present day in the zone of the business, or in the browser's zone while that is
 * unknown.
 */
function today(zone: string | null): string {
  return dayIn(Date.now(), zone ?? Intl.DateTimeFormat().resolvedOptions().timeZone);
}
