/** Every sentence of the pages about the catalog. */
import type { Unit } from "./amounts";
import type { PriceKind } from "./forms";
import type { QuestionKind } from "./questions";
import type { Kind, Letter, PlaceKind, Weekday } from "./wire";

export * from "./names";

export const optional = "optional";
export const save = "Save";
export const saved = "Saved. Customers see it now.";
export const unsaved = "Not saved yet";
export const giveUp = "Discard changes";
export const backTo = (page: string) => `Back to ${page.toLowerCase()}`;
export const restored = "You had begun to change this. Nothing is saved yet.";
export const merged =
  "Somebody else has changed this meanwhile. Their changes are in the form now, and yours are kept. Look at it and save again.";
export const contested = (fields: string) =>
  `Both of you have changed: ${fields}. What you typed is kept.`;
export const gone =
  "Somebody else has retired this meanwhile, so it can’t be saved. What you typed stays here until you discard it.";
export const noSuchThing = "There is no such thing any more.";
export const warnings = "Customers can’t book this yet:";

export const concernedTitle = (count: number) =>
  count === 1 ? "A booking is concerned" : `${count} bookings are concerned`;
export const concernedStay =
  "They stay as they are. Move or cancel them in the calendar if they have to change.";
export const saveAllTheSame = "Save all the same";
export const goBack = "Go back";

export const addService = "Add a service";
export const newService = "New service";
export const noServices = "There are no services yet.";
export const byNobody = "Nobody does it";
export const minutesLong = (minutes: number) => `${minutes} min`;
export const seats = (count: number) => `${count} seats`;
export const moveUp = (name: string) => `Move ${name} up`;
export const moveDown = (name: string) => `Move ${name} down`;
export const change = "Change";
export const changeOne = (name: string) => `Change ${name}`;

export const about = "What customers read";
export const name = "Name";
export const serviceNameHint = "Like “Haircut” or “First talk”.";
export const description = "Description";
export const descriptionHint = "Customers read it below the name.";
export const priceIn = (currency: string) => `Price in ${currency}`;
export const priceHint = "Like 48.00. Without one no price is shown.";
export const priceKind = "It costs";
export const priceKinds: Record<PriceKind, string> = {
  exact: "A price",
  from: "A price or more (“from”)",
  free: "Nothing (“free”)",
  request: "It depends (“on request”)",
};
export const priceFromHint = "Like 48.00.";
export const costsAndPlace = "What it costs, and where";
export const free = "free";
export const onRequest = "on request";
export const priceFrom = (amount: string) => `from ${amount}`;
export const category = "Category";
export const categoryHint =
  "A heading above the services that have the same. Like “Hair” or “Courses”.";
export const withoutCategory = "Without a category";
export const picture = "Picture";
export const pictureHint =
  "JPEG, PNG, WebP or GIF, at most 12 MB. Customers see it beside the name.";
export const placeKind = "Where";
export const placeKinds: Record<PlaceKind, string> = {
  address: "At an address",
  phone: "By telephone",
  video: "By video",
  customer: "At the customer’s",
};
export const place = "Place";
export const placeHints: Record<PlaceKind, string> = {
  address: "The address, as letters and calendars say it. Empty: that of the business.",
  phone: "Who calls whom, or the number to call.",
  video: "The link of the call. Only those who have booked are told.",
  customer: "What customers should know, such as how far you come.",
};
export const businessPlaceHint = "Where services take place that don’t say it themselves.";
export const phone = "Telephone number";
export const businessPhoneHint = "Customers see it on the page.";
export const aboutLine = "A line about them";
export const aboutLineHint =
  "Customers read it below the name. Like “Loves curls. Cuts since 2009.”";
export const timeOfService = "How long it takes";
export const duration = "Duration";
export const inMinutes = "minutes";
export const bufferBefore = "Time to prepare before it";
export const bufferAfter = "Time to clean up after it";
export const bufferHint = "Nobody else can book then. It may lie outside the opening hours.";
export const slotInterval = "A start every";
export const slotIntervalHint = (usual: number) =>
  `From one start to the next, counted from each opening. Empty: ${usual} minutes, as everywhere.`;
export const capacity = "Customers at once";
export const capacityHint = "More than one makes it a class, with so many seats.";
export const whoDoesIt = "Who does it";
export const whoDoesItHint = "A booking takes one of them.";
export const nobodyYet = "There are no people or rooms yet: add them first.";
export const rules = "When it can be booked";
export const minimumNotice = "At the latest before it begins";
export const minimumNoticeHint = "0: until it begins.";
export const bookingWindow = "How many days ahead";
export const bookingWindowHint = "0 is today only. Empty: without limit.";
export const moveNotice = "Customers can move it until";
export const cancelNotice = "Customers can cancel it until";
export const needsApproval = "Who may book";
export const bookedAtOnce = "Customers book at once";
export const approvedByUs = "Customers ask, and we approve or decline";
export const approveWithin = "Answered within";
export const approveWithinHint =
  "and before it begins. Until then nobody else gets the time. Without an answer it is declined.";
export const noticeHint = "before it begins. 0: until it begins. You always can.";
export const reminders = "Reminders";
export const remindersAsBusiness = "As for all services of the business";
export const ownReminders = "Own reminders for this service";
export const noReminders = "Customers are not reminded.";
export const reminder = (number: number) => `Reminder ${number}`;
export const beforeStart = "before it begins";
export const addReminder = "Add a reminder";
export const remove = "Remove";
export const removeNamed = (what: string) => `Remove ${what}`;
export const units: Record<Unit, string> = { 1: "minutes", 60: "hours", 1440: "days" };
export const unitOf = (label: string) => `${label}: unit`;

export const questions = "Questions to customers";
export const questionsHint =
  "Customers answer them in the form in which they give their name. You see the answers at the booking and in letters.";
export const noQuestions = "Customers are asked for their name, e-mail address and telephone only.";
export const questionNumber = (number: number) => `Question ${number}`;
export const questionLabel = "Question";
export const questionKind = "Answer";
export const questionKinds: Record<QuestionKind, string> = {
  text: "A line of text",
  long_text: "A longer text",
  choice: "One of several choices",
  checkbox: "A box to tick",
  number: "A number",
};
export const questionChoices = "Choices";
export const questionChoicesHint = "One in each line, at least two.";
export const mustBeAnswered = "Customers must answer it";
export const mustBeTicked = "Customers must tick it";
export const addQuestion = "Add a question";
export const terms = "Terms";
export const termsHint =
  "Customers must accept them before they book. Empty: those of the business.";
export const businessTermsHint =
  "Customers must accept them before they book. Empty: there is nothing to accept.";

export const inOtherLanguages = "In other languages";
export const inOtherLanguagesHint = (language: string) =>
  `Customers who read another language get these texts. Where one is empty, they get the one in ${language}.`;
export const inLanguage = (what: string, language: string) => `${what} in ${language}`;
export const categoriesInOtherLanguages = "Categories in other languages";

export const retire = "Offer no more";
export const retireTitle = (name: string) => `Offer ${name} no more?`;
export const retireService = "Customers can’t book it from now on. Bookings that are made stay.";
export const retireResource =
  "Customers can’t book them from now on, and no service is done by them. Bookings that are made stay.";

export const addResource = "Add a person or room";
export const newResource = "New person or room";
export const noResources = "There is nobody yet who can be booked.";
export const kind = "What it is";
export const kinds: Record<Kind, string> = {
  staff: "A person",
  room: "A room",
  equipment: "A piece of equipment",
};
export const kindsInLists: Record<Kind, string> = {
  staff: "Person",
  room: "Room",
  equipment: "Equipment",
};
export const whoItIs = "Who or what it is";
export const resourceNameHint = "Customers see it when they choose.";
export const zone = "Time zone";
export const zoneOfBusiness = (zone: string) => `That of the business (${zone})`;
export const zoneHint = "The opening hours are in this zone.";
export const email = "E-mail address";
export const resourceEmailHint = "Letters about bookings go there. Customers do not see it.";
export const letters = "Letters about bookings that are";
export const lettersOf: Record<Letter, string> = {
  new: "new",
  moved: "moved",
  cancelled: "cancelled",
  declined: "requests, and declined",
};
export const lettersNeedEmail = "Letters need an e-mail address.";
export const weeklyHours = "Weekly hours";
export const weeklyHoursHint = "A gap between two times of a day is a break.";
export const closed = "closed";
export const opens = (day: string, number: number) => `${day} ${number}: from`;
export const closes = (day: string, number: number) => `${day} ${number}: to`;
export const addSpan = "Add hours";
export const addSpanTo = (day: string) => `Add hours to ${day}`;
export const removeSpan = (day: string, number: number) => `Remove hours ${number} of ${day}`;
export const copy = "Copy to…";
export const copyFrom = (day: string) => `Copy the hours of ${day}`;
export const copyTo = "To which days?";
export const doCopy = "Copy";
export const cancel = "Cancel";
export const weekdays: Record<Weekday, string> = {
  mon: "Monday",
  tue: "Tuesday",
  wed: "Wednesday",
  thu: "Thursday",
  fri: "Friday",
  sat: "Saturday",
  sun: "Sunday",
};
export const overrides = "Days with other hours";
export const overridesHint =
  "On such a day these hours count instead of the weekly ones. Without hours the day is closed.";
export const addOverride = "Add a day";
export const day = "Day";
export const removeDay = (day: string) => `Remove the day ${day}`;
export const worksOn = (days: string) => `Works ${days}`;
export const never = "No hours yet";

export const closuresHint =
  "Holidays of the whole business, and days off of single people. Nothing can be booked then; bookings that are made stay.";
export const noClosures = "Nothing is closed.";
export const past = (count: number) => `${count} in the past`;
export const addClosure = "Add a closure";
export const newClosure = "New closure";
export const changeClosure = "Change the closure";
export const whoIsOff = "Who is off";
export const wholeBusiness = "The whole business";
export const firstDay = "First day";
export const lastDay = "Last day";
export const lastDayHint = "It is closed too.";
export const wholeDays = "Whole days";
export const begins = "From";
export const ends = "To";
export const reason = "Reason";
export const reasonHint = "A note for you. Customers do not see it.";
export const removeClosure = "Remove";
export const removeClosureOf = (what: string) => `Remove the closure ${what}`;

export const businessNameHint = "Customers see it above everything they book.";
export const currency = "Currency of all prices";
export const country = "Country of phone numbers";
export const countryHint = "Two letters, like DE: of numbers that are typed without a +.";
export const language = "Language of the business";
export const languageHint =
  "That of the texts you write, and of letters to you and to customers of whom no language is known.";
export const businessEmailHint = "Customers see it in their letters.";
export const defaults = "For all services that don’t say it themselves";
export const contact = "Contact";

export const file = "The catalog as a file";
export const fileHint =
  "A TOML file with all of this: keep it, or change it with an editor. “dibs catalog apply” takes it, and so does this page.";
export const download = "Download the file";
export const upload = "Take over a file…";
export const chooseFile = "Catalog file";
export const fileFaults = "The file can’t be taken over. Nothing was changed.";
export const fileNotUtf8 =
  "The file isn’t written in UTF-8. Save it as UTF-8 in your editor, and choose it again.";
export const fileTooLarge = "The file has more than 1,000,000 characters.";
export const fileChanges = "This would change:";
export const fileKept = "These closures were made in the office and stay:";
export const fileSame = "The file says what is there already. There is nothing to change.";
export const takeOver = "Take it over";
export const fileTaken = "The file was taken over.";
