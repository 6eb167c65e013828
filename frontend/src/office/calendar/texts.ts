/** Every sentence of the calendar; used as `texts.something`. */
import type { Rule } from "./wire";

export const calendar = "Calendar";
export const loading = "One moment…";
export const failed = "The calendar can’t be reached right now.";
export const tryAgain = "Try again";
export const today = "Today";
export const previous = "Back";
export const next = "Forward";
export const goToDay = "Go to day";
export const views = { day: "Day", week: "Week", list: "List" };
export const view = "View";
export const who = "Who";
export const everybody = "Everybody";
export const several = (count: number, all: number) => `${count} of ${all}`;
export const newBooking = "New booking";
export const print = "Print";
export const nobody = "There is nobody yet. Add a person or a room, and they get a column here.";
export const nothingOnDay = "Nothing is booked on this day.";
export const help =
  "The arrow keys go from booking to booking. Alt with an arrow key moves it, Alt and Shift with up or down changes its length, Enter opens it.";
export const weekHelp = "The arrow keys go through the week, Enter opens what they lead to.";
export const more = (count: number) => `and ${count} more`;
export const dayOf = (name: string, day: string) => `${name}, ${day}`;
export const bookingsOf = (name: string) => `Bookings of ${name}`;
export const newFor = (name: string) => `New booking for ${name}`;
export const timesIn = (zone: string) => `Times in ${zone}`;

export const connection = {
  connecting: "Connecting…",
  live: "Live",
  offline: "No connection. This is the last known state; changes are not possible at the moment.",
  signed_out: "You are signed out.",
};
export const unknown = "Can’t tell right now";
export const holdsUnknown = "Can’t tell right now who is choosing a time";

export const choosing = (time: string) => `Someone is choosing ${time}`;
export const checkingOut = "Being booked";
export const completed = "Completed";
export const noShow = "Did not come";
export const closed = "Closed";
export const allDay = "All day";
export const closedBecause = (reason: string) => (reason ? `Closed: ${reason}` : closed);
export const busyWith = (title: string) => (title ? `Busy elsewhere: ${title}` : "Busy elsewhere");
export const inClass = (taken: number, capacity: number) => `${taken} of ${capacity} seats`;
export const noService = "any service";
export const now = "Now";
export const to = (time: string) => `to ${time}`;

export const conflict = {
  booking: (name: string, time: string) => `${name} is booked then (${time})`,
  checkout: () => "A visitor is booking this time right now",
  hold: () => "A visitor is choosing this time right now",
  elsewhere: (name: string, time: string) => `${name} (${time})`,
  closed: () => "Outside opening hours",
  past: () => "In the past",
};
export const overlapsFor = (what: string) => `${what}. Two bookings can’t have the same time.`;

export const moved = (to: string) => `Moved to ${to}.`;
export const changed = "Changed.";
export const booked = (name: string, time: string) => `${name} is booked: ${time}.`;
export const cancelled = (name: string) => `The booking of ${name} is cancelled.`;
export const ended = {
  completed: (name: string) => `The booking of ${name} is completed.`,
  no_show: (name: string) => `Noted: ${name} did not come.`,
};
export const reopened = "The booking has its time again.";
export const undo = "Undo";
export const undone = "Undone.";
export const backWhereItWas = "It is back where it was.";
export const newcomer = (name: string, what: string, when: string) =>
  `New booking: ${name}, ${what}, ${when}`;
export const dismiss = "Close this message";
export const show = "Show";

export const rules: Record<Rule, string> = {
  hours: "It is outside opening hours.",
  past: "It begins in the past.",
  notice: "It begins sooner than customers can book.",
  window: "It is further ahead than customers can book.",
  resource: "This person or room doesn’t offer the service.",
  hold: "A visitor is choosing this time right now, and would lose it.",
  bookings: "There are bookings in this time. They stay as they are.",
};
export const allTheSame = "Do it all the same?";
export const doIt = "Do it";
export const leaveIt = "Leave it";

export const problems: Record<string, string> = {
  slot_taken: "This time is booked.",
  slot_pending: "A visitor is booking this time right now.",
  booking_changed: "Somebody else has changed this booking meanwhile.",
  not_approved: "This request has to be approved first.",
  booking_closed: "This booking is over, so it can’t be changed.",
  class_keeps_times: "Others are booked in this class, so it keeps its times.",
  not_begun: "This booking has not begun yet.",
  service_retired: "This service is no longer offered.",
  not_found: "There is no such booking any more.",
  forbidden: "You may not do this.",
  unreachable: "There is no connection. Nothing was changed; try again.",
};
export const unexpected = "That did not work. Nothing was changed.";
export const fieldProblems: Record<string, string> = {
  required: "Fill this in.",
  invalid_email: "This is no e-mail address like name@example.com.",
  invalid_phone: "This is no phone number. Write it with + and the country’s number.",
  too_long: "This is too long.",
  malformed: "It has a character that can’t be used here.",
  out_of_range: "This can’t be right.",
};

export const service = "Service";
export const notOffered = "Not offered by this person or room";
export const person = "With";
export const day = "Day";
export const from = "From";
export const until = "Until";
export const minutes = "Minutes";
export const name = "Name";
export const email = "E-mail";
export const phone = "Phone";
export const notes = "Notes";
export const notesHint = "Only your team sees them.";
export const optional = "optional";
export const save = "Save";
export const book = "Book";
export const close = "Close";
export const back = "Back";
export const noSuchTime = "The clock doesn’t show this time on that day.";
export const endsTooEarly = "It must end after it begins.";

export const bookTime = "Book";
export const blockTime = "Block time";
export const kindOfEntry = "What";
export const reason = "Reason";
export const wholeBusiness = "The whole business";
export const block = "Block";
export const blocked = "The time is blocked.";
export const openAgain = "Open again";
export const openedAgain = "The time is open again.";

export const details = "Booking";
export const wholeHistory = "All about this booking";
export const changeTime = "Change";
export const editDetails = "Edit";
export const cancelBooking = "Cancel booking";
export const endCheckout = "End the checkout";
export const complete = "Completed";
export const didNotCome = "Did not come";
export const reopen = "Open again";
export const visitorChooses = "A visitor is choosing this time. It is theirs for a few minutes.";
export const visitorBooks = "A visitor is filling in the form for this time.";
export const bookOver = "Book over it";
export const reference = "Number";

export const noticeOfBookings = "Tell me of new bookings";
export const others = "More";
export const notifyMe = "Notification";
export const playSound = "Sound";
export const notAllowed = "The browser doesn’t allow it.";
