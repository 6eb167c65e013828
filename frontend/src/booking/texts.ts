/** Every sentence of the page. */
export const texts = {
  loading: "One moment…",
  unreachable: "We can’t reach the booking desk right now. Trying again…",
  nothingOffered: "There is nothing to book at the moment.",

  chooseService: "What would you like to book?",
  chooseStaff: "With whom?",
  anyone: "Anyone",
  anyoneHint: "The most times to choose from",
  chooseDay: "Choose a day",
  chooseTime: "Choose a time",
  details: "Your details",
  done: "You’re booked",
  back: "Back",
  change: "Change",

  summary: "Your booking so far",
  withWhom: (name: string) => `with ${name}`,
  timesIn: (zone: string) => `Times in ${zone}`,
  yourZone: (time: string, zone: string) => `${time} in ${zone}`,
  previousMonth: "Previous month",
  nextMonth: "Next month",
  freeTimes: (count: number) => (count === 1 ? "1 free time" : `${count} free times`),
  noFreeTimes: "no free times",
  cannotTell: "can’t tell right now",
  nextFree: (day: string, time: string | null) =>
    time === null ? `Next free: ${day}` : `Next free: ${day}, ${time}`,
  nothingFree: (day: string) => `Nothing is free until ${day}.`,
  nothingFreeThatDay: "Nothing is free on this day.",
  timesUnknown: "We can’t tell right now which times are free. Checking again…",

  partsOfDay: { morning: "Morning", afternoon: "Afternoon", evening: "Evening" },
  slotWords: {
    free: "",
    mine: "your choice",
    held: "Processing",
    pending: "Being booked",
    taken: "Booked",
    closed: "Too late",
  },
  heldHint: "Someone is choosing this",

  connection: {
    connecting: "Connecting",
    live: "Live",
    polling: "Up to date",
    reconnecting: "Reconnecting",
    unknown: "No connection",
  },

  heldForYou: (time: string) => `${time} is held for you`,
  yourChoice: (time: string) => `${time} is your choice`,
  askingFor: (time: string) => `Asking for ${time}…`,
  continue: "Continue",
  nearest: "Nearest free times:",
  ended: (time: string) => `The time to finish has run out, so ${time} was given back.`,
  takeAgain: (time: string) => `Take ${time} again`,
  otherTime: "Choose another time",
  refused(why: string, time: string): string {
    switch (why) {
      case "slot_held":
      case "slot_pending":
      case "slot_taken":
        return `${time} was just taken.`;
      case "slot_closed":
        return `${time} can’t be booked any more.`;
      case "chosen_elsewhere":
      case "superseded":
        return "You chose another time in another tab.";
      case "unreachable":
        return "We couldn’t reach the booking desk. Please try again.";
      case "rate_limited":
        return "That was a little too fast. Please try again in a moment.";
      default:
        return "That didn’t work just now. Please try again.";
    }
  },

  name: "Name",
  email: "E-mail",
  phone: "Phone",
  optional: "optional",
  fieldErrors: {
    name: "Please tell us your name.",
    email: "Please enter an e-mail address like anna@example.com.",
    phone: "Please enter a phone number, or leave this empty.",
  },
  timeLeft: (time: string, left: string) => `${time} is yours for ${left}`,
  lastMinutes: (minutes: number) =>
    minutes === 1 ? "One minute left." : `${minutes} minutes left.`,
  confirm: "Confirm booking",
  confirming: "Booking…",
  tryAgain: "Try again",
  stillWorking: "This takes longer than usual. Please stay on this page.",
  unsure:
    "We got no answer, so we don’t know yet whether it worked. Try again: you won’t be booked twice.",

  reference: "Reference",
  manage: "Change or cancel this booking",
  bookAnother: "Book another time",

  manageTitle: "Your booking",
  cancelledTitle: "Booking cancelled",
  cancelledText: "The time is free for others again.",
  movedText: (when: string) => `Your booking is now on ${when}.`,
  notFound: "There is no such booking, or the link is incomplete. Please use the whole link.",
  reschedule: "Choose another time",
  moveTitle: "Move to another time",
  moveTo: (when: string) => `Move to ${when}`,
  move: "Move booking",
  moving: "Moving…",
  keepTime: "Keep the present time",
  cancel: "Cancel booking",
  cancelQuestion: "Cancel this booking for good?",
  cancelYes: "Yes, cancel it",
  cancelNo: "No, keep it",
  bookedFor: (name: string) => `For ${name}`,
};
