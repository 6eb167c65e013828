import type { ListedBookingOut } from "../api/types";

export type {
  BookingFileOut as BookingFile,
  BookingPageOut as BookingsPart,
  HistoryEventOut as Happening,
  ListedBookingOut as Listed,
  NamedOut as Named,
  OutcomeOut as Outcome,
  RivalOut as Rival,
  SentLetterOut as SentLetter,
} from "../api/types";

export type Source = ListedBookingOut["source"];
