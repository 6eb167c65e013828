/** Calendars for tests. */
import type { Calendar, Column, Entry } from "./wire";

export const DAY = "2026-12-08";
export const at = (clock: string) => `${DAY}T${clock}:00Z`;

export function entry(id: string, from: string, until: string, more: Partial<Entry> = {}): Entry {
  return {
    kind: "booking",
    id,
    reference: id,
    resource_id: 1,
    service_id: 1,
    starts_at: at(from),
    ends_at: at(until),
    busy_from: at(from),
    busy_until: at(until),
    status: "confirmed",
    answer_until: null,
    deadline: null,
    customer: { name: id, email: "", phone: "" },
    notes: "",
    ...more,
  };
}

export function column(resource: number, entries: Entry[], more: Partial<Column> = {}): Column {
  return {
    resource_id: resource,
    name: `Person ${resource}`,
    day: DAY,
    time_zone: "UTC",
    starts_at: at("00:00"),
    ends_at: "2026-12-09T00:00:00Z",
    version: "1.1",
    degraded: [],
    open: [[at("09:00"), at("17:00")]],
    closures: [],
    busy_times: [],
    entries,
    ...more,
  };
}

export function calendar(...columns: Column[]): Calendar {
  const now = at("08:00");
  const names = { from: DAY, days: 1, time_zone: "UTC", now, slot_interval: 30 };
  return { ...names, resources: [], services: [], columns };
}
