/** The filter of the list of bookings, as the address of the page contains it. */
import { addDays, isDay } from "../calendar/time";

export type When = "upcoming" | "past" | "all" | "days";
export type Order = "start" | "-start" | "-made";

export interface Filters {
  q: string;
  when: When;
  from: string;
  until: string;
  status: string;
  service: string;
  resource: string;
  source: string;
  order: Order | "";
}

const WHENS: readonly When[] = ["upcoming", "past", "all", "days"];
const ORDERS: readonly Order[] = ["start", "-start", "-made"];
const CHOICES = ["status", "service", "resource", "source"] as const;

/**
 * Reads the filter from the address. A search is for bookings of any day, unless days are chosen.
 */
export function filtersAt(query: URLSearchParams): Filters {
  const text = (name: string) => query.get(name) ?? "";
  const q = text("q");
  const [from, until] = [text("from"), text("until")].map((day) => (isDay(day) ? day : ""));
  return {
    q,
    when: WHENS.find((each) => each === text("when")) ?? (q ? "all" : "upcoming"),
    from: from ?? "",
    until: until ?? "",
    status: text("status"),
    service: text("service"),
    resource: text("resource"),
    source: text("source"),
    order: ORDERS.find((each) => each === text("order")) ?? "",
  };
}

/** Returns the query of the page's address. Usual values are left out. */
export function queryOf(filters: Filters): string {
  const query = new URLSearchParams();
  const put = (name: string, value: string) => value && query.set(name, value);
  put("q", filters.q);
  const usual = filters.q ? "all" : "upcoming";
  if (filters.when !== usual) put("when", filters.when);
  if (filters.when === "days") {
    put("from", filters.from);
    put("until", filters.until);
  }
  for (const name of CHOICES) put(name, filters[name]);
  put("order", filters.order);
  return query.toString();
}

/**
 * Returns the order of the list. Unless one is chosen, the next booking is first in a list of
 * upcoming or chosen days, and else the latest booking.
 */
export const orderOf = ({ order, when }: Filters): Order =>
  order || (when === "upcoming" || when === "days" ? "start" : "-start");

/** Returns the query of the request to the server. */
export function requestOf(filters: Filters, today: string): string {
  const query = new URLSearchParams({ sort: orderOf(filters) });
  if (filters.q) query.set("q", filters.q);
  if (filters.when === "upcoming") query.set("from", today);
  if (filters.when === "past") query.set("until", addDays(today, -1));
  if (filters.when === "days" && filters.from) query.set("from", filters.from);
  if (filters.when === "days" && filters.until) query.set("until", filters.until);
  for (const name of CHOICES) if (filters[name]) query.set(name, filters[name]);
  return query.toString();
}

/** Tells whether anything besides the search is chosen. */
export const isFiltered = (filters: Filters): boolean =>
  queryOf(filters) !== queryOf(filtersAt(new URLSearchParams(filters.q ? { q: filters.q } : {})));
