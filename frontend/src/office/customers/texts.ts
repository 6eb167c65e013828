/** Every sentence of the pages about customers; used as `texts.something`. */
import type { Customer, Verdict } from "./wire";

export const customers = "Customers";
export const search = "Search customers";
export const searchHint = "Name, e-mail, phone or number";
export const none = "There are no such customers.";
export const noneYet = "There are no customers yet. Whoever books becomes one.";
export const found = (count: number, hasMore: boolean) =>
  `${count}${hasMore ? "+" : ""} ${count === 1 && !hasMore ? "customer" : "customers"}`;
export const order = "Order";
export const orders = {
  name: "By name",
  recent: "Latest booking first",
  bookings: "Most bookings",
};
export const showMore = "Show more";

const counted = (count: number, one: string, many: string) =>
  `${count} ${count === 1 ? one : many}`;
export const bookingsOf = (count: number) => counted(count, "booking", "bookings");
/** "5 bookings · 1 cancelled · 1 missed" */
export const counts = ({ booked, cancelled, no_shows }: Customer) =>
  [
    booked === 0 ? "no bookings" : bookingsOf(booked),
    cancelled > 0 && `${cancelled} cancelled`,
    no_shows > 0 && `${no_shows} missed`,
  ]
    .filter(Boolean)
    .join(" · ");
export const lastVisit = (at: string) => `Last here ${at}`;
export const nextVisit = (at: string) => `Next ${at}`;
export const neverHere = "Not here yet";
export const alsoCalled = (names: string) => `Bookings also say: ${names}`;
export const email = "E-mail";
export const phone = "Phone";

export const bookings = "Bookings";
export const noBookings = "No bookings yet.";
export const notes = "Notes";
export const notesHint = "Only your team sees them.";
export const newNote = "New note";
export const addNote = "Add the note";
export const removeNote = "Remove";
export const removeNoteOf = (by: string, at: string) => `Remove the note of ${by}, ${at}`;
export const noNotes = "Nothing is noted.";
export const unknownAuthor = "Somebody";

export const exportFile = "Export";
export const erase = "Erase…";
export const eraseTitle = (name: string) => `Erase ${name}?`;
export const eraseNow = "Erase for good";
export const eraseLoses = (count: number) =>
  count === 0
    ? "The name, the e-mail address and the phone number are erased."
    : `The name, the e-mail address and the phone number are erased from ${bookingsOf(count)}. The bookings stay, without saying whose they were.`;
export const eraseNotes = (count: number) =>
  `${counted(count, "note", "notes")} about this customer and all notes in their bookings are erased.`;
export const eraseLetters =
  "Letters that wait are not sent, and the customer is signed out everywhere.";
export const eraseUpcoming = (count: number) => `Cancel ${bookingsOf(count)} that are to come`;
export const eraseUpcomingHint = "Without that the customer can’t be erased.";
export const cannotUndo = "This can’t be undone.";
export const erased = "The customer is erased.";
export const leave = "Leave it";

export const merge = "Merge…";
export const mergeTitle = (name: string) => `Merge ${name} with another customer`;
export const mergeWith = "The customer that is left";
export const mergeHint = "Type a name, an e-mail address or a phone number.";
export const mergeChanges = (count: number, contact: string) =>
  `${bookingsOf(count)} and all notes become those of ${contact}.`;
export const mergeContact = (contact: string) =>
  `Letters about them go to ${contact} from now on, and whoever signs in with that address sees them.`;
export const mergeKeeps = "Each booking keeps the name that was typed with it.";
export const mergeFormer = (email: string) => `Whoever signs in as ${email} no longer sees them.`;
export const mergeNow = "Merge";

export const bringIn = "Bring in a list";
export const listHint =
  "A CSV file whose first line names the columns: name, and email or phone. Nothing is changed before you have seen what would happen.";
export const chooseFile = "CSV file";
export const checkFile = "Check the file";
export const bringInNow = (count: number) => `Bring in ${counted(count, "customer", "customers")}`;
export const broughtIn = (count: number) =>
  `${counted(count, "customer is", "customers are")} brought in.`;
export const nothingNew = "There is nobody new in this file.";
export const readAs = (encoding: string, separator: string) =>
  `Read as ${encoding}, with ${SEPARATORS[separator] ?? separator} between the columns.`;
const SEPARATORS: Record<string, string> = {
  ",": "commas",
  ";": "semicolons",
  "\t": "tabs",
};
export const line = "Line";
export const name = "Name";
export const what = "What happens";
export const verdicts: Record<Verdict, string> = {
  new: "Is brought in",
  known: "Known already: stays as it is",
  twice: "Is in the file before: left out",
  no_name: "Left out: it has no name",
  no_contact: "Left out: it has neither an e-mail address nor a phone number",
  bad_email: "Left out: this is no e-mail address",
  bad_phone: "Left out: this is no phone number",
  bad_text: "Left out: it has a character that can’t be used, or is too long",
};
export const andMore = (count: number) => `and ${count} more`;
export const done = "Done";
export const back = "Back";

export const suggestions = (count: number) =>
  count === 0 ? "" : `${counted(count, "customer", "customers")} found. Arrow keys choose one.`;
