/** Every sentence of the page; used as `texts.something`. */

export const loading = "One moment…";
export const unreachable = "We can’t reach the booking desk right now.";
export const nothingOffered = "There is nothing to book at the moment.";

export const chooseService = "What would you like to book?";
export const chooseStaff = "With whom?";
export const anyone = "Anyone";
export const anyoneHint = "The most times to choose from";
export const chooseDay = "Choose a day";
export const chooseTime = "Choose a time";
export const done = "You’re booked";
export const back = "Back";

export const summary = "Your booking so far";
export const withWhom = (name: string) => `with ${name}`;
export const timesIn = (zone: string) => `Times in ${zone}`;
export const yourZone = (time: string, zone: string) => `${time} in ${zone}`;
export const previousMonth = "Previous month";
export const nextMonth = "Next month";
export const nextFree = (day: string, time: string | null) =>
  time === null ? `Next free: ${day}` : `Next free: ${day}, ${time}`;
export const nothingFreeIn = (month: string) => `Nothing is free in ${month}.`;
export const searching = "Looking for the next free time…";
export const nothingFree = "Nothing is free at the moment.";
export const nothingFreeThatDay = "Nothing is free on this day.";
export const timesUnknown = "We can’t tell right now which times are free.";

export const partsOfDay = { morning: "Morning", afternoon: "Afternoon", evening: "Evening" };
export const slotWords = {
  free: "",
  mine: "your choice",
  elsewhere: "in another tab",
  now: "now",
  held: "Processing",
  pending: "Being booked",
  taken: "Booked",
  closed: "Too late",
  unknown: "can’t tell right now",
};
export function free(count: number | null): string {
  if (count === null) return slotWords.unknown;
  return count === 1 ? "1 free time" : `${count || "no"} free times`;
}
export const seatsLeft = (count: number) => (count === 1 ? "last seat" : `${count} seats left`);
export const heldHint = "Someone is choosing this";

export const connection = {
  connecting: "Connecting",
  live: "Live",
  polling: "Up to date",
  reconnecting: "Reconnecting",
  unknown: "No connection",
};

export const heldForYou = (time: string) => `${time} is held for you`;
export const yourChoice = (time: string) => `${time} is your choice`;
export const requestingTime = (time: string) => `Asking for ${time}…`;
export const details = "Your details";
export const goOn = "Continue";
export const nearest = "Nearest free times:";
export const ended = (time: string) => `The time to finish has run out, so ${time} was given back.`;
export const takeAgain = (time: string) => `Take ${time} again`;
export const otherTime = "Choose another time";
export function refused(why: string, time: string): string {
  switch (why) {
    case "slot_held":
      return `Someone is choosing ${time} right now. It may come free.`;
    case "slot_pending":
      return `Someone is booking ${time} right now. It may come free.`;
    case "slot_taken":
      return `${time} was just taken.`;
    case "slot_closed":
      return `${time} can’t be booked any more.`;
    case "chosen_elsewhere":
    case "superseded":
      return "You chose another time in another tab.";
    case "kept_too_long":
      return `${time} was kept for you as long as it can be. Please choose another time, or try again in a minute.`;
    case "rate_limited":
    case "too_many_claims":
      return "That was a lot at once. Please wait a moment and try again.";
    case "unreachable":
      return unreachable;
    case "booking_closed":
      return "This booking can’t be changed any more.";
    case "too_late_to_change":
      return "It is too late to change this booking.";
    case "service_retired":
      return "This service is no longer offered, so the time can’t be changed. Your booking stands; you can cancel it.";
    case "resource_retired":
      return "Who you booked no longer offers this service, so the time can’t be changed. Your booking stands; you can cancel it.";
    default:
      return "That didn’t work just now. Please try again.";
  }
}

export const fieldNames = { name: "Name", email: "E-mail", phone: "Phone" };
export const optional = "optional";
const missing = {
  name: "Please tell us your name.",
  email: "Please tell us your e-mail address.",
  phone: "Please enter a phone number or nothing.",
};
export function fieldError(
  field: "name" | "email" | "phone",
  code: string,
  most: number,
  length: number,
): string {
  switch (code) {
    case "required":
      return missing[field];
    case "too_long":
      return `Please use at most ${most} letters; these are ${length}.`;
    case "malformed":
      return "Please leave out whatever isn’t plain text.";
    default:
      return field === "email"
        ? "Please enter a full e-mail address, like ann@example.com."
        : missing[field];
  }
}
export const timeLeft = (left: string) => `Held for you: ${left}`;
export const lastMinutes = (minutes: number) =>
  minutes === 1 ? "One minute left." : `${minutes} minutes left.`;
export const confirm = "Confirm booking";
export const confirming = "Booking…";
export const tryAgain = "Try again";
export const stillWorking = "This takes longer than usual. Please stay on this page.";
export const unsure =
  "We got no answer, so we don’t know yet whether it worked. Try again: you won’t be booked twice.";

export const reference = "Reference";
export const manage = "Change or cancel this booking";
export const keepLink = "Keep this link. It is the only way to change or cancel your booking.";
export const copyLink = "Copy link";
export const copied = "The link is copied.";
export const bookedElsewhere = (reference: string) => `Booking ${reference}`;
export const useItsLink =
  "This booking was made in another tab or browser. To see, change or cancel it, open the link that was shown when it was made.";
export const bookAnother = "Book another time";

export const changeUntil = (when: string) => `You can change this until ${when}.`;
export const changeWasUntil = (when: string) =>
  `This booking could be changed until ${when}. If you can’t come, please tell the business.`;
export const manageTitle = "Your booking";
export const cancelledTitle = "Booking cancelled";
export const cancelledText = "The time is free for others again.";
export const movedText = (when: string) => `Your booking is now on ${when}.`;
export const notFound =
  "There is no such booking, or the link is incomplete. Please use the whole link.";
export const move = "Move booking";
export const moving = "Moving…";
export const cancel = "Cancel booking";
export const cancelQuestion = "Cancel this booking for good?";
export const cancelYes = "Yes, cancel it";
export const cancelNo = "No, keep it";
export const bookedFor = (name: string) => `For ${name}`;
