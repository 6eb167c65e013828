import type { ManageLink } from "../api/manageApi";
import { BASE } from "../core/base";
import { decodePart } from "../core/paths";
import { isDay } from "./format/calendar";

export type Staff = number | "any";

/**
 * The step at which the visitor is. Each step has an address, so that Back, reload and sharing
 * work.
 */
export type Route =
  | { step: "service" }
  | { step: "staff"; serviceId: number; day: string | null }
  | { step: "time"; serviceId: number; staff: Staff; day: string | null }
  | { step: "details"; serviceId: number; staff: Staff; startsAt: string }
  | { step: "done"; reference: string }
  | { step: "my" }
  | { step: "manage"; link: ManageLink }
  | { step: "move"; link: ManageLink; day: string | null };

export function parseRoute(address: URL): Route {
  const wanted = address.searchParams;
  const manage = address.pathname.match(/\/manage\/([^/]+)$/);
  if (manage?.[1]) {
    const link = { reference: decodePart(manage[1]), token: address.hash.slice(1) };
    if (!wanted.has("move")) return { step: "manage", link };
    return { step: "move", link, day: parseDay(wanted.get("move")) };
  }
  if (isAt("/my", address)) return { step: "my" };
  const reference = wanted.get("booked");
  if (reference !== null) return { step: "done", reference };
  const serviceId = parseId(wanted.get("service") ?? serviceOfPath(address));
  if (serviceId === null) return { step: "service" };
  const staff = wanted.get("resource") === "any" ? "any" : parseId(wanted.get("resource"));
  const day = parseDay(wanted.get("day"));
  if (staff === null) return { step: "staff", serviceId, day };
  const startsAt = wanted.get("start");
  if (startsAt !== null && !Number.isNaN(Date.parse(startsAt))) {
    return { step: "details", serviceId, staff, startsAt };
  }
  return { step: "time", serviceId, staff, day };
}

/**
 * Returns the id of the service that a path like /book/haircut names. The server writes it into the
 * document.
 */
const serviceOfPath = (address: URL) =>
  isAt("/", address) ? null : (document.documentElement.dataset.service ?? null);

const isAt = (path: string, address: URL) =>
  new URL(BASE + path, address).pathname === address.pathname;

export function addressOf(route: Route): string {
  switch (route.step) {
    case "service":
      return `${BASE}/`;
    case "staff":
      return query({ service: route.serviceId, day: route.day });
    case "time":
      return query({ service: route.serviceId, resource: route.staff, day: route.day });
    case "details":
      return query({ service: route.serviceId, resource: route.staff, start: route.startsAt });
    case "done":
      return query({ booked: route.reference });
    case "my":
      return `${BASE}/my`;
    case "manage":
      return `${managePath(route.link)}#${route.link.token}`;
    case "move":
      return `${managePath(route.link)}?move=${route.day ?? ""}#${route.link.token}`;
  }
}

function query(values: Record<string, string | number | null>): string {
  const parts = Object.entries(values).filter(([, value]) => value !== null);
  return `${BASE}/?${parts.map((part) => part.join("=")).join("&")}`;
}

const managePath = ({ reference }: ManageLink) => `${BASE}/manage/${encodeURIComponent(reference)}`;

/** The query parameters that belong to the page, and those with which a link fills in the form. */
const OWN = ["service", "resource", "day", "start", "booked", "move", "name", "email", "phone"];

/**
 * Adds the foreign query parameters of the present address to another one. Sites use them to count
 * their campaigns.
 */
export function addForeign(address: string, search: string): string {
  const foreign = new URLSearchParams(search);
  for (const name of OWN) foreign.delete(name);
  if (foreign.size === 0) return address;
  const [, path, hash] = address.match(/^([^#]*)(.*)$/) ?? [];
  return `${path}${path?.includes("?") ? "&" : "?"}${foreign}${hash}`;
}

/**
 * Returns the address of a route for a link, with the foreign query parameters of the present
 * address. Within a page of another site they are left out, because they belong to that site's
 * address.
 */
export const linkTo = (route: Route, search = BASE.includes(":") ? "" : location.search) =>
  addForeign(addressOf(route), search);

/** Tells whether two routes are the same step for the same booking. Their days may differ. */
export function isSameStep(one: Route, other: Route): boolean {
  const question = (route: Route) => ({ ...route, day: null });
  return JSON.stringify(question(one)) === JSON.stringify(question(other));
}

/** Returns the id of the chosen resource, or undefined if anyone will do. */
export const resourceOf = (staff: Staff) => (staff === "any" ? undefined : staff);

const parseDay = (text: string | null) => (text !== null && isDay(text) ? text : null);

function parseId(text: string | null): number | null {
  return text !== null && /^\d+$/.test(text) ? Number(text) : null;
}
