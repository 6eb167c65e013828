import { Problem } from "../../api/problem";
import { randomHex } from "../../api/random";
import type { OfficeApi } from "../api/officeApi";
import type { ClosureOut } from "../api/types";
import type { Calendar, Entry, Guest, Rule } from "./wire";

export interface Range {
  from: string;
  days: number;
  resources: readonly number[];
}

export interface NewBooking {
  service_id: number;
  resource_id: number;
  starts_at: string;
  duration?: number;
  customer: Guest;
  notes: string;
}

export interface BookingChange {
  starts_at?: string;
  resource_id?: number;
  duration?: number;
  customer?: Guest;
  notes?: string;
  seen?: { resource_id: number; starts_at: string; ends_at: string };
}

export interface NewClosure {
  resource_id: number | null;
  starts_at: string;
  ends_at: string;
  reason: string;
}

export type Ending = "cancel" | "complete" | "no-show";

function queryOf({ from, days, resources }: Range): string {
  const query = new URLSearchParams({ from, days: String(days) });
  for (const resource of resources) query.append("resource", String(resource));
  return query.toString();
}

export const streamPath = (range: Range) => `/api/v1/admin/calendar/stream?${queryOf(range)}`;

/**
 * The requests of the calendar. Each change has an idempotency key, so that it is made only once.
 */
export class CalendarApi {
  readonly #api: OfficeApi;

  constructor(api: OfficeApi) {
    this.#api = api;
  }

  read(range: Range): Promise<Calendar> {
    return this.#api.get(`/calendar?${queryOf(range)}`);
  }

  book(wanted: NewBooking, override: readonly Rule[], key: string): Promise<Entry> {
    return this.#api.change("POST", "/bookings", { ...wanted, override }, key);
  }

  change(reference: string, change: BookingChange, override: readonly Rule[]): Promise<Entry> {
    const path = `/bookings/${encodeURIComponent(reference)}`;
    return this.#api.change("PATCH", path, { ...change, override }, randomHex(16));
  }

  end(reference: string, how: Ending): Promise<Entry> {
    const path = `/bookings/${encodeURIComponent(reference)}/${how}`;
    return this.#api.change("POST", path, undefined, randomHex(16));
  }

  /**
   * Approves a request at the time and with the resource that the user saw, because it may have
   * been moved since.
   */
  approve({ reference, resource_id, starts_at, ends_at }: Entry): Promise<Entry> {
    const path = `/bookings/${encodeURIComponent(reference ?? "")}/approve`;
    const seen = { resource_id, starts_at, ends_at };
    return this.#api.change("POST", path, { seen }, randomHex(16));
  }

  decline(reference: string, reason: string): Promise<Entry> {
    const path = `/bookings/${encodeURIComponent(reference)}/decline`;
    return this.#api.change("POST", path, { reason }, randomHex(16));
  }

  reopen(reference: string, override: readonly Rule[]): Promise<Entry> {
    const path = `/bookings/${encodeURIComponent(reference)}/reopen`;
    return this.#api.change("POST", path, { override }, randomHex(16));
  }

  close(wanted: NewClosure, override: readonly Rule[]): Promise<ClosureOut> {
    return this.#api.change("POST", "/closures", { ...wanted, override });
  }

  openAgain(closure: number): Promise<void> {
    return this.#api.change("DELETE", `/closures/${closure}`);
  }
}

/**
 * Returns the rules that have to be named for a refused change. Without any, the change is not
 * possible.
 */
export function rulesOf(error: unknown): readonly Rule[] {
  if (!(error instanceof Problem) || error.code !== "override_needed") return [];
  return error.overrides as readonly Rule[];
}
