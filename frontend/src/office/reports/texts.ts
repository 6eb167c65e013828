/** Every sentence of the reports; used as `words.something`. */
import type { Preset } from "./days";

export const reports = "Reports";
export const range = "Range";
export const presets: Record<Preset | "other", string> = {
  week: "This week",
  last30: "Last 30 days",
  month: "This month",
  lastMonth: "Last month",
  year: "This year",
  other: "Other days",
};
export const from = "From";
export const to = "To";
export const fromAfterTo = "The range ends before it begins.";
export const print = "Print";
export const zone = (name: string) => `Days and hours are those of ${name}.`;
export const comparedWith = (days: string) => `Compared with ${days}.`;
export const saveAs = (title: string) => `Save “${title}” as CSV`;
export const csv = "CSV";
export const asTable = "Table";
export const showTable = (title: string) => `Show “${title}” as a table`;
export const unknown = "unknown";
export const none = "None in this range.";
export const noChange = "as before";
export const before = (value: string) => `before: ${value}`;

export const person = "Person or room";
export const service = "Service";
export const groups: Record<string, string> = { resource: person, service };

export const appointments = "Appointments";
export const booked = "Booked";
export const cancelled = "Cancelled";
export const share = "Share";
export const day = "Day";
export const total = "All";

export const use = "Open time that is booked";
export const useHint =
  "Opening hours are those of today; closures and single days of the past are kept. Of what is no longer offered it is not known how long it was open.";
export const open = "Open";
export const hours = (minutes: string) => `${minutes} h`;

export const byDay = "Appointments by day";
export const byWeek = "Appointments by week";
export const byMonth = "Appointments by month";
export const byHour = "When appointments start";
export const weekday = "Weekday";

export const lead = "How long before";
export const leadMiddle = "Booked ahead (median)";
export const afterwards = "Afterwards";
export const lessThan = (time: string) => `Less than ${time}`;
export const between = (least: string, most: string) => `${least} to ${most}`;
export const atLeast = (time: string) => `${time} or more`;

export const noShows = "No-shows";
export const noShowsHint =
  "The share is of appointments of which it is known whether they took place.";
export const over = "Over";
export const completed = "Took place";
export const unmarked = "Not marked";

export const cancellations = "Cancellations";
export const byCustomer = "By customer";
export const byBusiness = "By us";
export const byOthers = "Unknown";

export const requests = "Requests";
export const requestsHint =
  "What customers asked for and you approve or decline. Those that are declined, withdrawn or not answered in time are no cancellations.";
export const approved = "Approved";
export const declined = "Declined";
export const lapsed = "Not answered";
export const withdrawn = "Withdrawn";
export const waiting = "Waiting";

export const revenue = "Revenue";
export const revenueHint =
  "The price that each booking was made at. The currency is not kept with it: it is that of today. No-shows and cancelled bookings are not counted.";
export const expected = "Expected";
export const unpriced = "Without a price";

export const conversion = "From a first click to a booking";
export const conversionHint =
  "Visits count once a day each. They are counted since Dibs can; days before that are unknown.";
export const conversionUnknown = "Nothing was counted on these days.";
export const countedDays = (counted: number, all: number) =>
  counted === all ? "" : `Counted on ${counted} of ${all} days.`;
export const visits = "Visits";
export const held = "Chose a time";
export const checkedOut = "Went on to the form";
export const visitsBooked = "Booked";
export const conversionShare = "Visits with a booking";
