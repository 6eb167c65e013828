/** Every sentence of the page about calendar subscriptions. */
export const hint =
  "Busy times of another calendar (Google, Apple, Outlook) can’t be booked here. Add the address at which that calendar can be read as a file (ICS, also called iCal).";
export const none = "There are no calendars yet.";
export const add = "Add a calendar";
export const ofWhom = "Who is busy then";
export const name = "Name";
export const nameHint = "What you call it, for example Private.";
export const address = "Address";
export const addressHint = "It begins with https:// or webcal://. It is kept secret.";
export const reading = "Read for the first time within seconds …";
export const readAt = (when: string) => `Last read ${when}`;
export const never = "It has never been read.";
export const stays = (when: string) => `The busy times of ${when} stay.`;
export const readNow = "Read now";
export const readNowOf = (name: string) => `Read ${name} now`;
export const isReading = "Reading …";
export const remove = "Remove";
export const removeOf = (name: string) => `Remove ${name}`;
export const rename = "Rename";
export const renameOf = (name: string) => `Rename ${name}`;
export const save = "Save";
export const conflicts = "Bookings in the way";
export const conflictsHint =
  "These bookings and busy times have time in common. Both stay until you move or cancel the booking, or change the other calendar.";
export const busy = "Busy";
export const conflict = (busy: string, calendar: string) => `${busy} (${calendar})`;
export const span = (from: string, until: string) => `${from} – ${until}`;
export const booking = (reference: string, when: string) => `Booking ${reference}, ${when}`;

export const unread = (count: number) =>
  count === 1
    ? "One entry can’t be read whole. Mend it in that calendar:"
    : `${count} entries can’t be read whole. Mend them in that calendar:`;
export const nameless = "An entry without a title";
const unreadReasons: Record<string, string> = {
  no_start: "it has no start, so its time can still be booked.",
  no_end: "its end is not known, so it takes the rest of the day on which it begins.",
  no_repetition: "it is not known when it is repeated, so only the first time is taken.",
  no_exceptions:
    "it is not known which of its times have moved or are cancelled, so all are taken.",
  unreadable: "it can’t be read, so its time can still be booked.",
};
export const unreadEntry = (title: string, when: string | null, reason: string) =>
  `${title || nameless}${when ? ` (${when})` : ""}: ${unreadReasons[reason] ?? unreadReasons.unreadable}`;

const faults: Record<string, string> = {
  unreachable: "Its server could not be reached.",
  forbidden: "The address leads into a private network, which is not read.",
  redirected: "The address leads to other addresses without an end.",
  too_large: "The file is too large.",
  too_slow: "Its server took too long.",
  no_calendar: "There is no calendar file at this address.",
  too_many: "The calendar has too many entries.",
  too_much_work: "It took too long to read the file.",
  not_offered: "It is not read: nobody can book with this person or room any more.",
};
export const fault = (code: string, detail: string) =>
  code === "refused"
    ? `Its server answered with status ${detail}.`
    : (faults[code] ?? "It could not be read.");
