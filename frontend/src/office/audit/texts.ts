/** Every sentence of the audit; used as `words.something`. */

export const who = "Who";
export const what = "What";
export const anybody = "Anybody";
export const anything = "Anything";
export const actors: Record<string, string> = {
  visitor: "Visitors",
  customer: "Customers",
  user: "Users of the office",
  key: "Programs with a key",
  owner: "The command line",
  clock: "Dibs, as time passed",
  import: "An import",
};
export const topics: Record<string, string> = {
  booking: "Bookings",
  checkout: "Checkouts",
  closure: "Closures",
  business: "The business",
  category: "Categories",
  service: "Services",
  resource: "People and rooms",
  user: "Users and sign-ins",
  key: "API keys",
};
export const reference = "Reference of a booking";
export const from = "From";
export const to = "To";
export const show = "Show";
export const saveCsv = "Save as CSV";
export const saveJson = "Save as JSON";
export const noReference = "A reference has letters and digits only.";
export const fromAfterTo = "The range ends before it begins.";
export const nothing = "There is nothing of that in the audit.";
export const yes = "yes";
export const no = "no";

export const actions: Record<string, string> = {
  "closure.added": "Time closed",
  "closure.removed": "Time opened again",
  "business.changed": "Business changed",
  "category.changed": "Category changed in other languages",
  "service.added": "Service added",
  "service.changed": "Service changed",
  "service.retired": "Service no longer offered",
  "services.ordered": "Services put in another order",
  "resource.added": "Person or room added",
  "resource.changed": "Person or room changed",
  "resource.retired": "Person or room no longer offered",
  "booking.described": "Notes or customer of a booking changed",
  "booking.reopened": "Booking made live again",
  "booking.imported": "Booking brought in",
  "user.passkey_added": "Passkey added",
  "user.passkey_renamed": "Passkey renamed",
  "user.passkey_removed": "Passkey removed",
};

/** What the fields of an entry are called. Others are shown with spaces for their underscores. */
export const fields: Record<string, string> = {
  answer_until: "to be answered until",
  approve_within: "approved within (minutes)",
  at: "at",
  browser: "browser",
  buffer_after: "buffer after",
  buffer_before: "buffer before",
  booking_window_days: "booked at most so many days ahead",
  cancel_notice: "cancelled until (minutes before)",
  capacity: "seats",
  closures: "closures",
  currency: "currency",
  description: "description",
  duration: "minutes",
  email: "e-mail address",
  ends: "until",
  from: "from",
  from_resource: "from",
  id: "number",
  kind: "kind",
  letters: "letters",
  minimum_notice: "minutes ahead at least",
  move_notice: "moved until (minutes before)",
  name: "name",
  overrides: "hours of single days",
  price: "price",
  reason: "reason",
  resource: "person or room",
  resource_id: "calendar",
  resources: "by",
  role: "role",
  scopes: "may",
  slot_interval: "a start every (minutes)",
  starts: "from",
  time_zone: "time zone",
  to: "to",
  translations: "texts in other languages",
  to_resource: "to",
  user: "user",
  weekly: "weekly hours",
};
