/** Every sentence of the page; used as `texts.something`. */

export const loading = "One moment…";
export const unreachable = "We can’t reach the booking desk right now.";
export const triesAgain = "The page keeps trying by itself.";
export const nothingOffered = "There is nothing to book at the moment.";

export const chooseService = "What would you like to book?";
type Kind = "staff" | "room" | "equipment";
/** Without a kind, there are several. */
export const chooseStaff = (kind?: Kind) =>
  kind === "staff" ? "With whom?" : kind === "room" ? "Where?" : "Which one?";
export const anyone = (kind?: Kind) => (kind === "staff" ? "Anyone" : "Any");
export const anyoneHint = "Most times to choose from";
export const full = "Nothing free";
export const chooseDay = "Choose a day";
export const chooseTime = "When suits you?";
export const done = (name: string) => `You’re booked, ${name}`;
export const letterTo = (email: string) => `We send a confirmation to ${email}.`;
export const share = "Share";
export const back = "Back";

export const summary = "Your booking so far";
export const withWhom = (name: string) => `with ${name}`;
export const named = ({ kind, name }: { kind: Kind; name: string }) =>
  kind === "staff" ? withWhom(name) : kind === "room" ? `in ${name}` : name;
export const change = "Change";
export const changeWhat = {
  service: "Change the service",
  staff: "Change who or where",
  time: "Change the time",
};
export const more = "More";
export const less = "Less";
export const directions = "Directions";
export const openPlace = "Open";
export const freeOfCharge = "Free";
interface Notices {
  move_notice: number;
  cancel_notice: number;
}
/** How long before it begins a booking can be changed. */
export function notice(
  { move_notice: move, cancel_notice: cancel }: Notices,
  duration: (minutes: number) => string,
): string {
  const before = (notice: number) => (notice === 0 ? "it begins" : `${duration(notice)} before`);
  return move === cancel
    ? `You can change or cancel until ${before(move)}.`
    : `You can move it until ${before(move)}, and cancel it until ${before(cancel)}.`;
}
export const timesIn = (zone: string) => `Times in ${zone}`;
export const previousMonth = "Previous month";
export const nextMonth = "Next month";
export const wholeMonth = "Show the whole month";
export const dayAndTime = (day: string, time: string | null) =>
  time === null ? day : `${day}, ${time}`;
export const nextFreeIs = "Next free";
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
export const freeTimes = (count: number) => (count === 0 ? "nothing free" : `${count} free`);
export const booked = (count: number) => `${count} booked`;
export const fullDay = "fully booked";
export const seatsLeft = (left: number, all: number) =>
  left === 1 ? "Last seat" : `${left} of ${all} left`;
export const heldHint = "Someone is choosing this. It may come free.";
export const held = "Held for you";
export const chosen = "Your choice";
export const trySomeoneElse = "Try someone else";
export const writeTo = (email: string) => `Write to ${email}`;

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
export const next = "Next";
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
    case "too_late_to_move":
      return "It is too late to move this booking.";
    case "too_late_to_cancel":
      return "It is too late to cancel this booking.";
    case "service_retired":
      return "This service is no longer offered, so the time can’t be changed. Your booking stands.";
    case "resource_retired":
      return "Who you booked no longer offers this service, so the time can’t be changed. Your booking stands.";
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
export const timeLeft = (left: string) => `Held for you, ${left} min left`;
export const lastMinutes = (minutes: number) =>
  minutes === 1 ? "One minute left." : `${minutes} minutes left.`;
export const confirm = (when: string) => `Book ${when}`;
export const confirming = "Booking…";
export const tryAgain = "Try again";
export const stillWorking = "This takes longer than usual. Please stay on this page.";
export const unsure =
  "We got no answer, so we don’t know yet whether it worked. Try again: you won’t be booked twice.";

export const reference = "Reference";
export const keepLink = "Keep this link: with it you can change or cancel your booking.";
export const addToCalendar = "Add to calendar";
export const calendarFile = "Calendar file";
export const remember = "Remember my details on this device.";
export const rememberHint = "Remove the tick to forget them.";
export const copyLink = "Copy link";
export const copied = "The link is copied.";
export const bookedElsewhere = (reference: string) => `Booking ${reference}`;
export const useItsLink =
  "This booking was made in another tab or browser. To see, change or cancel it, open the link that was shown when it was made.";
export const bookAnother = "Book another time";

export const neverChanged = "This time is too near to be changed or cancelled later.";
export const bookAgain = "Book again";
export const canBeCancelled = "You can cancel it.";
interface Deadline {
  canStill: boolean;
  until: string;
}
const tellBusiness = "If you can’t come, please tell the business.";
/** Until when a booking can be moved, and cancelled. */
export function changeUntil(move: Deadline, cancel: Deadline): string {
  const isOne = move.until === cancel.until;
  if (move.canStill && cancel.canStill)
    return isOne
      ? `You can change this until ${move.until}.`
      : `You can move this until ${move.until}, and cancel it until ${cancel.until}.`;
  if (move.canStill)
    return `You can move this until ${move.until}. It could be cancelled until ${cancel.until}. ${tellBusiness}`;
  if (cancel.canStill)
    return `You can cancel this until ${cancel.until}. It could be moved until ${move.until}.`;
  return isOne
    ? `This booking could be changed until ${move.until}. ${tellBusiness}`
    : `This booking could be moved until ${move.until}, and cancelled until ${cancel.until}. ${tellBusiness}`;
}
export const manageTitle = "Your booking";
export const cancelledTitle = "Booking cancelled";
export const cancelledText = "The time is free for others again.";
export const movedText = (when: string) => `Your booking is now on ${when}.`;
export const notFound =
  "There is no such booking, or the link is incomplete. Please use the whole link.";
export const move = "Move booking";
export const moveShort = "Move";
export const movedFrom = (when: string) => `From ${when}`;
export const cancel = "Cancel booking";
export const cancelQuestion = "Cancel this booking for good?";
export const cancelYes = "Yes, cancel it";
export const cancelNo = "No, keep it";
export const bookedFor = (name: string) => `For ${name}`;

export const myBookings = "My bookings";
export const bookATime = "Book a time";
export const signInHint =
  "Enter the e-mail address that you have booked with. We send you a code to sign in.";
export function signInRefused(why: string): string {
  switch (why) {
    case "wrong_code":
      return "This isn’t the code that we have sent. Please look again.";
    case "code_expired":
      return "This code can’t be used any more. Please ask for another one.";
    case "not_signed_in":
      return "You are signed out. Please sign in again.";
    case "invalid":
      return "Please enter a full e-mail address, like ann@example.com.";
    case "mail_unavailable":
      return "This business sends no e-mail, so nobody can sign in here. Please use the link of your booking.";
    default:
      return refused(why, "");
  }
}
export const waitFor = (seconds: number) =>
  `That was a lot at once. Please try again in ${
    seconds < 90 ? `${seconds} seconds` : `${Math.ceil(seconds / 60)} minutes`
  }.`;
export const sendCode = "Send code";
export const codeSent = (email: string) =>
  `We have sent a code to ${email}. It may take a minute; please look into your spam as well.`;
export const code = "Code";
export const signIn = "Sign in";
export const sendAgain = "Send another code";
export const sendAgainIn = (seconds: number) => `Send another code (in ${seconds} s)`;
export const otherAddress = "Use another address";
export const signedInAs = (email: string) => `Signed in as ${email}`;
export const nothingUpcoming = "You have no upcoming bookings.";
export const past = (count: number) => `Past and cancelled (${count})`;
export const statusWords = {
  pending: "",
  confirmed: "",
  completed: "Completed",
  no_show: "Missed",
  cancelled: "Cancelled",
  expired: "",
};
export const changeOrCancel = "Change or cancel";
export const myData = "Your account";
export const signOut = "Sign out";
export const signOutEverywhere = "Sign out on all devices";
export const signedOut = "You are signed out.";
export const saveData = "Download my data";
export const erase = "Erase my data";
export function eraseQuestion(upcoming: number): string {
  const bookings = upcoming === 1 ? "Your upcoming booking" : `Your ${upcoming} upcoming bookings`;
  const cancelled = upcoming === 0 ? "" : ` ${bookings} will be cancelled.`;
  return `Erase your name, e-mail address and phone number everywhere here?${cancelled} This can’t be undone.`;
}
export const eraseYes = "Yes, erase my data";
export const eraseNo = "No, keep my data";
export const erased = "Your data is erased.";
