/** The shapes of the native API, as they travel. Instants are RFC 3339 UTC, days are local dates. */

export type SlotState = "free" | "held" | "pending" | "taken";
export type ClaimingState = Exclude<SlotState, "free">;

export interface Business {
  name: string;
  time_zone: string;
  currency: string;
  slot_interval: number;
  customer_fields: CustomerFields;
  today: string;
  server_time: string;
}

export type CustomerFields = Record<
  "name" | "email" | "phone",
  { required: boolean; max_length: number }
>;

export interface Service {
  id: number;
  name: string;
  description: string;
  duration: number;
  buffer_before: number;
  buffer_after: number;
  slot_interval: number;
  minimum_notice: number;
  change_notice: number;
  /** Null: no limit. */
  booking_window_days: number | null;
  price: string | null;
  capacity: number;
  resource_ids: number[];
}

export interface Resource {
  id: number;
  kind: "staff" | "room" | "equipment";
  name: string;
  time_zone: string;
  service_ids: number[];
}

export interface Availability {
  time_zone: string;
  /** `free` is null where it is unknown. */
  days: Record<string, { free: number | null }>;
}

export interface Interval {
  starts_at: string;
  ends_at: string;
}

export interface Slot extends Interval {
  state: SlotState;
  resource_ids: number[];
  /** How many people can still take it, over all resources. */
  seats_left: number;
  claims: string[];
  /** By the resource that they are on; resources without any are left out. */
  claims_by_resource: Record<string, string[]>;
}

/** What every followed view carries. */
export interface View {
  time_zone: string;
  revision: string;
  degraded: string[];
  server_time: string;
  next_poll_ms: number;
}

export interface DayView extends View {
  service_id: number;
  day: string;
  slots: Slot[];
}

export interface Board extends View {
  resource_id: number;
  day: string;
  open: Interval[];
  busy: (Interval & { state: ClaimingState; claim: string })[];
}

export interface Hold extends Interval {
  id: string;
  claim: string;
  resource_id: number;
  service_id: number;
  /** After it was received: by the page's estimate of the server's clock; see `send`. */
  expires_at: string;
  /** The seconds that were left when it was written. */
  expires_in?: number;
  /** It can't be prolonged beyond this. */
  ends_at_latest?: string;
}

export type Checkout = Hold;

export interface Customer {
  name: string;
  email: string;
  phone?: string;
}

export type BookingStatus =
  | "pending"
  | "confirmed"
  | "completed"
  | "no_show"
  | "cancelled"
  | "expired";

export interface Booking extends Interval {
  reference: string;
  status: BookingStatus;
  claim: string;
  service_id: number;
  resource_id: number;
  /** Until when its customer can move or cancel it. */
  change_until: string;
  /** Whether that moment was still to come when this was written. */
  can_change: boolean;
}

export interface NewBooking extends Booking {
  manage_token: string;
  manage_url: string;
}

/** `unmovable`: the code of the reason why it can't be moved, if there is one. */
export interface ManagedBooking extends Booking {
  customer?: Customer;
  service_name: string;
  resource_name: string;
  unmovable: string | null;
}

export interface Alternative extends Interval {
  resource_id: number;
}
