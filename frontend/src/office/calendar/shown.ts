import type { Place } from "../shell/router";
import type { Range } from "./calendarApi";
import { dayIn, isDay, weekOf } from "./time";

export type View = "day" | "week" | "list";
const VIEWS: readonly View[] = ["day", "week", "list"];
/** What the address says is to be shown. */
export interface Shown {
  day: string;
  view: View;
  resource: number | null;
}

export function shownAt({ query }: Place, zone: string | null, isPhone: boolean): Shown {
  const day = query.get("day") ?? "";
  const view = VIEWS.find((each) => each === query.get("view"));
  const resource = Number(query.get("who"));
  return {
    day: isDay(day) ? day : today(zone),
    view: view ?? (isPhone ? "list" : "day"),
    resource: Number.isInteger(resource) && resource > 0 ? resource : null,
  };
}

export function rangeOf({ day, view, resource }: Shown, first: number | null): Range {
  const resources = resource === null ? [] : [resource];
  if (view !== "week") return { from: day, days: 1, resources };
  // A week of everybody would be too wide to read.
  return {
    from: weekOf(day),
    days: 7,
    resources: resource === null && first !== null ? [first] : resources,
  };
}

/** The day that it is in the zone of the business, or here while that isn't known. */
function today(zone: string | null): string {
  return dayIn(Date.now(), zone ?? Intl.DateTimeFormat().resolvedOptions().timeZone);
}
