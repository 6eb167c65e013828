/** The shapes of the native API, as they travel. Instants are RFC 3339 UTC, days are local dates. */

export type SlotState = "free" | "held" | "pending" | "taken";
export type ClaimingState = Exclude<SlotState, "free">;

/** By the key of a text: the language that it is in, where that isn't the one asked for. */
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
  /** What customers have to accept for services without terms of their own; null: nothing. */
  terms?: string | null;
  /** Of this text of the terms: see `Order`. */
  terms_version?: string | null;
  customer_fields: CustomerFields;
  /** Whether codes to sign in can be sent. */
  can_sign_in: boolean;
  /** What the style sheet of the page doesn't say. */
  appearance: { logo: Picture | null; picture: Picture | null };
  today: string;
  server_time: string;
}

/** A stored picture: each is there small, too. */
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
  /** The minutes within which the business approves a booking; null: it need not. */
  approve_within: number | null;
  /** Null: no limit. */
  booking_window_days: number | null;
  price: string | null;
  /** It costs the price or more. */
  price_from: boolean;
  /** The price is told to those who ask. */
  price_on_request: boolean;
  capacity: number;
  category: string | null;
  picture: Picture | null;
  /** Where it takes place; null: the catalog doesn't say, or only tells who has booked. */
  place: string | null;
  place_kind: "address" | "phone" | "video" | "customer";
  resource_ids: number[];
  /** The address of the page about it. */
  url: string;
  /** What its customers are asked in the form. */
  questions?: Question[];
  /** What they have to accept; null: the terms of the business. */
  terms?: string | null;
  terms_version?: string | null;
}

export type QuestionKind = "text" | "long_text" | "choice" | "checkbox" | "number";

/** What a customer is asked before a booking is made. */
export interface Question {
  /** Unique within the service. */
  id: string;
  label: string;
  kind: QuestionKind;
  required: boolean;
  /** Of these one is chosen; empty for other kinds. */
  choices: string[];
}

/** By the id of the question. */
export type Answers = Record<string, string | number | boolean>;

/** An answer as it was given, in the words that were shown then. */
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
  /** `free` is null where it is unknown; `full`: nothing is free because everything is taken. */
  days: Record<string, { free: number | null; full?: true }>;
}

/** The first days with something free, from one day on; null: that is unknown. */
export interface FirstFree {
  time_zone: string;
  searched: { from: string; to: string };
  /** The slots are there if they were asked for. */
  days: Record<string, { free: number; slots?: Interval[] }> | null;
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

/** What the customer fills in: who books, and what the service asks. */
export interface Order {
  customer: Customer;
  answers?: Answers;
  accepted_terms?: true;
  /** Which text of the terms was shown. */
  terms_version?: string;
}

/** How letters about a booking are to be written; left out where the browser doesn't know it. */
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
  /** Until when the business answers a request; null: it is none. */
  answer_until: string | null;
  claim: string;
  service_id: number;
  resource_id: number;
  /** Where it takes place, the link of a video call included. */
  place: string | null;
  /** Until when its customer can move it, and cancel it. */
  move_until: string;
  cancel_until: string;
  /** Whether that moment was still to come when this was written. */
  can_move: boolean;
  can_cancel: boolean;
  answers?: GivenAnswer[];
  /** The text of the terms that were accepted. */
  accepted_terms?: string | null;
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

/** A booking of who is signed in, with the proof that it is theirs. */
export type ListedBooking = ManagedBooking & NewBooking;

export interface MyBookings {
  email: string;
  upcoming: ListedBooking[];
  past: ListedBooking[];
}

export interface Alternative extends Interval {
  resource_id: number;
}
