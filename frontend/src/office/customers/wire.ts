/** Customers as the office has them. */

export interface Customer {
  id: string;
  name: string;
  email: string;
  phone: string;
  booked: number;
  cancelled: number;
  no_shows: number;
  last_visit: string | null;
  next_visit: string | null;
  is_contact: boolean;
}

export interface CustomersPart {
  time_zone: string;
  customers: Customer[];
  next: string | null;
}

export interface CustomerNote {
  id: number;
  text: string;
  created_at: string;
  by: string | null;
}

export interface CustomerFile {
  time_zone: string;
  customer: Customer;
  names: string[];
  notes: CustomerNote[];
}

export type Verdict =
  | "new"
  | "known"
  | "twice"
  | "no_name"
  | "no_contact"
  | "bad_email"
  | "bad_phone"
  | "bad_text";

export interface ImportReport {
  is_done: boolean;
  encoding: string;
  separator: string;
  lines: { number: number; name: string; email: string; phone: string; verdict: Verdict }[];
}
