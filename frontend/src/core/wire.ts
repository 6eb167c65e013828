/** The types of what the API sends. Instants are RFC 3339 in UTC, days are local dates. */

export type SlotState = "free" | "held" | "pending" | "taken";
export type ClaimingState = Exclude<SlotState, "free">;

/** The language of a text by its key, if it isn't the language that was requested. */
export type Languages = {
  [key in
    | "name"
    | "description"
    | "about"
    | "category"
    | "place"
    | "terms"
    | `questions.${string}`]?: string;
};

export interface Business {
  name: string;
  languages: Languages;
  time_zone: string;
  currency: string;
  slot_interval: number;
  email: string | null;
  phone: string | null;
  place: string | null;
  /** The terms for services that have none of their own, or null if there are none. */
  terms?: string | null;
  /** The version of this text of the terms: see `Order`. */
  terms_version?: string | null;
  customer_fields: CustomerFields;
  /** Whether the server can send codes to sign in. */
  can_sign_in: boolean;
  /** The part of the appearance that isn't in the style sheet. */
  appearance: { logo: Picture | null; picture: Picture | null };
  today: string;
  server_time: string;
}

/** The name of a stored picture, of which there is also a small version. */
export interface Picture {
  name: string;
}

export type CustomerFields = Record<
  "name" | "email" | "phone",
  { required: boolean; max_length: number }
>;

export interface Service {
  id: number;
  name: string;
  languages: Languages;
  description: string;
  duration: number;
  buffer_before: number;
  buffer_after: number;
  slot_interval: number;
  minimum_notice: number;
  move_notice: number;
  cancel_notice: number;
  /** The minutes within which the business approves a booking, or null if no approval is needed. */
  approve_within: number | null;
  /** The booking window in days, or null without a limit. */
  booking_window_days: number | null;
  price: string | null;
  /** Whether `price` is the least that the service costs. */
  price_from: boolean;
  /** Whether the price is only told on request. */
  price_on_request: boolean;
  capacity: number;
  category: string | null;
  picture: Picture | null;
  /**
   * The place of the service, or null if the catalog has none or only those who have booked see it.
   */
  place: string | null;
  place_kind: "address" | "phone" | "video" | "customer";
  resource_ids: number[];
  /** The address of the page about the service. */
  url: string;
  /** The questions in the form. */
  questions?: Question[];
  /** The terms of the service, or null for those of the business. */
  terms?: string | null;
  terms_version?: string | null;
}

export type QuestionKind = "text" | "long_text" | "choice" | "checkbox" | "number";

/** A question that a customer is asked before a booking is made. */
export interface Question {
  /** The id of the question, which is unique within the service. */
  id: string;
  label: string;
  kind: QuestionKind;
  required: boolean;
  /** The texts to choose from. Only the kind `choice` has any. */
  choices: string[];
}

/** The answers by the id of the question. */
export type Answers = Record<string, string | number | boolean>;

/** An answer as it was given, with the words that were shown then. */
export interface GivenAnswer {
  id: string;
  label: string;
  answer: string | number | boolean;
}

export interface Resource {
  id: number;
  kind: "staff" | "room" | "equipment";
  name: string;
  languages: Languages;
  about: string;
  picture: Picture | null;
  time_zone: string;
  service_ids: number[];
}

export interface Availability {
  time_zone: string;
  /**
   * The days with the number of free times, which is null where it is unknown. `full` means that
   * nothing is free because everything is taken.
   */
  days: Record<string, { free: number | null; full?: true }>;
}

/** The first days from a day on that have a free time. `days` is null if that is unknown. */
export interface FirstFree {
  time_zone: string;
  searched: { from: string; to: string };
  /** `slots` is set only if it was requested. */
  days: Record<string, { free: number; slots?: Interval[] }> | null;
}

export interface Interval {
  starts_at: string;
  ends_at: string;
}

export interface Slot extends Interval {
  state: SlotState;
  resource_ids: number[];
  /** How many people can still book the slot, over all resources. */
  seats_left: number;
  claims: string[];
  /** The claims by the resource that they are on. Resources without claims are left out. */
  claims_by_resource: Record<string, string[]>;
}

/** The fields that every followed view has. */
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
  /**
   * The deadline. After the answer is received, it is by the page's estimate of the server's clock:
   * see `send`.
   */
  expires_at: string;
  /** The seconds that were left when the answer was written. */
  expires_in?: number;
  /** The latest time until which the hold can be prolonged. */
  ends_at_latest?: string;
}

export type Checkout = Hold;

export interface Customer {
  name: string;
  email: string;
  phone?: string;
}

/** What the customer fills in: their details, and the answers to the service's questions. */
export interface Order {
  customer: Customer;
  answers?: Answers;
  accepted_terms?: true;
  /** The version of the terms that was shown. */
  terms_version?: string;
}

/**
 * The language and time zone of letters about a booking. They are left out if the browser doesn't
 * know them.
 */
export interface Reader {
  language?: string;
  time_zone?: string;
}

export type BookingStatus =
  | "pending"
  | "requested"
  | "confirmed"
  | "completed"
  | "no_show"
  | "cancelled"
  | "declined"
  | "expired";

export interface Booking extends Interval {
  reference: string;
  status: BookingStatus;
  /** Until when the business answers a request, or null if the booking isn't a request. */
  answer_until: string | null;
  claim: string;
  service_id: number;
  resource_id: number;
  /** The place of the booking, with the link of a video call. */
  place: string | null;
  /** Until when the customer can move the booking, and cancel it. */
  move_until: string;
  cancel_until: string;
  /**
   * Whether the customer could still move the booking when the answer was written, and cancel it.
   */
  can_move: boolean;
  can_cancel: boolean;
  answers?: GivenAnswer[];
  /** The text of the accepted terms. */
  accepted_terms?: string | null;
}

export interface NewBooking extends Booking {
  manage_token: string;
  manage_url: string;
}

/**
 * A booking as its customer manages it. `unmovable` is the code of the reason why it can't be
 * moved, or null.
 */
export interface ManagedBooking extends Booking {
  customer?: Customer;
  service_name: string;
  resource_name: string;
  unmovable: string | null;
}

/** A booking of the signed-in customer, with its manage token. */
export type ListedBooking = ManagedBooking & NewBooking;

export interface MyBookings {
  email: string;
  upcoming: ListedBooking[];
  past: ListedBooking[];
}

export interface Alternative extends Interval {
  resource_id: number;
}
