/** Every sentence of the pages about bookings; used as `texts.something`. */

export const bookings = "Bookings";
export const search = "Search bookings";
export const searchHint = "Name, e-mail, phone or number";
export const none = "There are no such bookings.";
export const noneYet = "Nothing is booked from today on.";
export const found = (count: number, hasMore: boolean) =>
  `${count}${hasMore ? "+" : ""} ${count === 1 && !hasMore ? "booking" : "bookings"}`;
export const showMore = "Show more";
export const filters = "Filters";
export const clearFilters = "Clear filters";

export const when = "When";
export const whens = {
  upcoming: "From today on",
  past: "Until yesterday",
  all: "Any day",
  days: "Some days…",
};
export const from = "From";
export const until = "Until";
export const order = "Order";
export const orders = {
  start: "Earliest first",
  "-start": "Latest first",
  "-made": "Newest booking first",
};
export const status = "Status";
export const service = "Service";
export const resource = "With";
export const source = "Made";
export const any = "Any";
export const statuses: Record<string, string> = {
  pending: "Being booked",
  requested: "To approve",
  confirmed: "Booked",
  completed: "Completed",
  no_show: "Did not come",
  cancelled: "Cancelled",
  declined: "Declined",
  expired: "Expired",
};
export const sources = {
  page: "On the page",
  office: "In the office",
  api: "By a program",
  import: "Brought in",
};
export const csvFile = "CSV file";
export const jsonFile = "JSON file";

export const select = (name: string) => `Select the booking of ${name}`;
export const selectAll = "Select all that are shown";
export const selected = (count: number) => `${count} selected`;
export const clear = "Clear";
export const dismiss = "Close";
export const actions = {
  complete: "Completed",
  "no-show": "Did not come",
  cancel: "Cancel",
  approve: "Approve",
  decline: "Decline",
};
const counted = (count: number) => (count === 1 ? "1 booking" : `${count} bookings`);
export const cancelMany = (count: number) => `Cancel ${counted(count)}?`;
export const cancelHint =
  "Their times are free again at once, and each customer with an e-mail address is told.";
export const cancelNow = (count: number) => `Cancel ${counted(count)}`;
export const declineMany = (count: number) => `Decline ${counted(count)}?`;
export const declineNow = (count: number) => `Decline ${counted(count)}`;
export const leave = "Leave them";
export const done = {
  complete: (count: number) => `${counted(count)} completed.`,
  "no-show": (count: number) => `${counted(count)} noted as missed.`,
  cancel: (count: number) => `${counted(count)} cancelled.`,
  approve: (count: number) => `${counted(count)} approved.`,
  decline: (count: number) => `${counted(count)} declined.`,
};
export const notDone = (count: number) => `${counted(count)} left as before:`;

export const anonymous = "Erased customer";
export const nobody = "No customer yet";
export const withWhom = (service: string, resource: string) => `${service} · ${resource}`;
export const timesIn = (zone: string) => `Times in ${zone}`;
export const number = "Number";
export const price = "Price";
export const email = "E-mail";
export const phone = "Phone";
export const answers = "Answers";
export const acceptedTerms = "Accepted terms";
export const ticked = (isTicked: boolean) => (isTicked ? "Yes" : "No");
export const notes = "Notes";
export const notesHint = "Only your team sees them.";
export const made = "Booked";
export const madeAt = (where: string, at: string) => `${where}, ${at}`;
export const language = "Language";
export const inCalendar = "Show in the calendar";
export const allOfCustomer = "All of this customer";
export const edit = "Edit";
export const changeTime = "Change time";
export const complete = "Completed";
export const noShow = "Did not come";
export const cancelBooking = "Cancel booking";
export const cancelOne = "Cancel this booking?";
export const cancelOneHint =
  "Its time is free again at once. If the customer has an e-mail address, they are told.";
export const keep = "Keep it";
export const reopen = "Open again";
export const save = "Save";
export const back = "Back";
export const name = "Name";
export const day = "Day";
export const start = "From";
export const minutes = "Minutes";
export const noSuchTime = "The clock doesn’t show this time on that day.";
export const changed = "Changed.";

export const history = "What happened";
export const by = (who: string) => `by ${who}`;
export const movedFrom = (before: string, after: string) => `from ${before} to ${after}`;
export const startsAt = (at: string) => `for ${at}`;
export const rivals = "Who else wanted this time";
export const rivalsHint = "Who came first is at the top.";
export const rivalCame = (at: string) => `came ${at}`;
export const rivalLeft = (at: string) => `until ${at}`;

export const letters = "Letters";
export const noLetters = "No letters have been sent about this booking.";
export const sendAgain = "Send again";
export const sentAgain = "The letter is on its way.";
export const kinds: Record<string, string> = {
  requested: "Request",
  confirmed: "Confirmation",
  moved: "Change",
  cancelled: "Cancellation",
  declined: "Refusal",
  reminder: "Reminder",
};
export const recipients = { customer: "customer", staff: "staff", business: "business" };
export const states = {
  waiting: "Waiting",
  sent: "Sent",
  refused: "Refused",
  given_up: "Given up",
  dropped: "Not needed",
};
export const letterDue = (at: string) => `due ${at}`;
export const to = (who: string) => `to ${who}`;

export const problems: Record<string, string> = {
  slot_taken: "This time is booked.",
  slot_pending: "A visitor is booking this time right now.",
  not_approved: "It has to be approved first.",
  booking_closed: "It is over, so this can’t be done.",
  booking_changed: "Somebody else has changed it meanwhile.",
  class_keeps_times: "Others are booked in this class, so it keeps its times.",
  not_begun: "It has not begun yet.",
  not_found: "There is no such booking.",
  no_address: "The customer has no e-mail address.",
  mail_unavailable: "No mail server is set up.",
};
