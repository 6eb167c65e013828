/** The calendar as the server sends it. Instants are RFC 3339 texts in UTC. */
import type { EntryOut } from "../api/types";

export type {
  CalendarOut as Calendar,
  CalendarResourceOut as Resource,
  CalendarServiceOut as Service,
  ColumnOut as Column,
  DayBusyTimeOut as BusyTime,
  DayClosureOut as Closure,
  EntryOut as Entry,
  GuestOut as Guest,
} from "../api/types";

export type Status = EntryOut["status"];

/** A rule that the office may override by naming it. */
export type Rule = "hours" | "past" | "notice" | "window" | "resource" | "hold" | "bookings";
