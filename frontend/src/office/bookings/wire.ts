/** Bookings as the lists of the office have them. Instants are RFC 3339 texts in UTC. */
import type { Entry } from "../calendar/wire";

export type Source = "page" | "office" | "api" | "import";

export interface Listed extends Entry {
  reference: string;
  service_id: number;
  service_name: string;
  resource_name: string;
  price: string | null;
  currency: string;
  source: Source;
  customer_id: string | null;
  created_at: string;
  changed_at: string;
  language: string | null;
  visitor_time_zone: string | null;
}

export interface Named {
  id: number;
  name: string;
}

export interface BookingsPart {
  time_zone: string;
  services: Named[];
  resources: Named[];
  bookings: Listed[];
  next: string | null;
}

export interface Happening {
  at: string;
  actor: string;
  by: string | null;
  address: string | null;
  action: string;
  details: Record<string, string>;
}

export interface SentLetter {
  id: number;
  letter: string;
  recipient: "customer" | "staff" | "business";
  address: string;
  state: "waiting" | "sent" | "refused" | "given_up" | "dropped";
  reason: string | null;
  created_at: string;
  due_at: string | null;
  finished_at: string | null;
}

export interface Rival {
  reference: string;
  status: string;
  name: string | null;
  created_at: string;
  ended_at: string | null;
}

export interface BookingFile {
  time_zone: string;
  booking: Listed;
  events: Happening[];
  letters: SentLetter[];
  rivals: Rival[];
}

export interface Outcome {
  reference: string;
  is_done: boolean;
  code: string | null;
  detail: string | null;
}
