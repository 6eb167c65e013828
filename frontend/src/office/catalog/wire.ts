/** The catalog as the server tells it, in the words of the catalog file. */

export type {
  CatalogChangeOut as Outcome,
  ConcernOut as Concern,
} from "../api/types";

export const WEEKDAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;
export type Weekday = (typeof WEEKDAYS)[number];
export const LETTERS = ["new", "moved", "cancelled"] as const;
export type Letter = (typeof LETTERS)[number];
export const KINDS = ["staff", "room", "equipment"] as const;
export type Kind = (typeof KINDS)[number];

export const PLACE_KINDS = ["address", "phone", "video", "customer"] as const;
export type PlaceKind = (typeof PLACE_KINDS)[number];

export interface BusinessTable {
  name: string;
  time_zone: string;
  country: string | null;
  currency: string;
  slot_interval: number;
  email: string | null;
  phone: string | null;
  place: string | null;
  letters: Letter[];
  reminders: number[];
  language: string;
  accent: string;
  radius: number;
  font: string;
  /** Names of stored pictures. */
  logo: string | null;
  picture: string | null;
}

export interface ServiceTable {
  id: number;
  name: string;
  duration: number;
  description: string;
  buffer_before: number;
  buffer_after: number;
  slot_interval: number | null;
  minimum_notice: number;
  move_notice: number;
  cancel_notice: number;
  booking_window_days: number | null;
  price: string | null;
  price_from: boolean;
  price_on_request: boolean;
  approve_within: number | null;
  capacity: number;
  reminders: number[] | null;
  place: string | null;
  place_kind: PlaceKind;
  category: string | null;
  picture: string | null;
  resources: number[];
}

export interface ResourceTable {
  id: number;
  name: string;
  kind: Kind;
  about: string;
  picture: string | null;
  time_zone: string | null;
  email: string | null;
  /** Missing: there is no address, so none are sent. */
  letters?: Letter[];
  hours: Partial<Record<Weekday, string[]>>;
  overrides: Record<string, string[]>;
}

export interface ClosureTable {
  from: string;
  to: string;
  resource: number | null;
  reason: string;
}

/** What is changed as a whole. A change names the version that it was made over. */
export interface Part<Table> {
  table: Table;
  version: string;
}

export interface Catalog {
  version: string;
  business: Part<BusinessTable>;
  services: Part<ServiceTable>[];
  resources: Part<ResourceTable>[];
  closures: Part<ClosureTable[]>;
  warnings: string[];
  languages: string[];
}
