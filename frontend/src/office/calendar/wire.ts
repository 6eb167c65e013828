/** The calendar as the server sends it. Instants are RFC 3339 texts in UTC. */

export type Status =
  | "pending"
  | "confirmed"
  | "completed"
  | "no_show"
  | "cancelled"
  | "expired"
  | "held";

export interface Guest {
  name: string;
  email: string;
  phone: string;
}

/** A booking, a checkout, or the hold of a visitor. `busy_…` include the buffers. */
export interface Entry {
  kind: "booking" | "checkout" | "hold";
  id: string;
  reference: string | null;
  resource_id: number;
  service_id: number | null;
  starts_at: string;
  ends_at: string;
  busy_from: string;
  busy_until: string;
  status: Status;
  deadline: string | null;
  customer: Guest | null;
  notes: string;
}

export interface Closure {
  id: number;
  starts_at: string;
  ends_at: string;
  reason: string;
  is_of_business: boolean;
}

/** One resource's local day, from `starts_at` to `ends_at`. */
export interface Column {
  resource_id: number;
  name: string;
  day: string;
  time_zone: string;
  starts_at: string;
  ends_at: string;
  version: string;
  degraded: string[];
  open: [string, string][];
  closures: Closure[];
  entries: Entry[];
}

export interface Service {
  id: number;
  name: string;
  retired: boolean;
  duration?: number;
  capacity?: number;
  resource_ids?: number[];
}

export interface Resource {
  id: number;
  name: string;
  kind: "staff" | "room" | "equipment";
}

export interface Calendar {
  from: string;
  days: number;
  time_zone: string;
  now: string;
  slot_interval: number;
  resources: Resource[];
  services: Service[];
  columns: Column[];
}

/** What the business may break by naming it. */
export type Rule = "hours" | "past" | "notice" | "window" | "resource" | "hold" | "bookings";
