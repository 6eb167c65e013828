/** Every sentence of the page about letters. */
export const hint =
  "What customers and staff get by e-mail. The words of letters to customers are yours to change. The appointment is made up; name, address and time zone are yours.";
export const language = "Language";
export const letter = "Letter";
const TO: Record<string, string> = { customer: "customer", staff: "staff", business: "business" };
const KINDS: Record<string, string> = {
  requested: "Asked for",
  confirmed: "Booked",
  moved: "Moved",
  cancelled: "Cancelled",
  declined: "Declined",
  reminder: "Reminder",
  calendar_unreadable: "A calendar can’t be read",
};
export const named = (kind: string, recipient: string) =>
  `${KINDS[kind] ?? kind}, to ${TO[recipient] ?? recipient}`;
export const changed = (name: string) => `${name} (your words)`;
export const subject = "Subject";
export const words = "Your words";
export const opening = "Opening words";
export const openingHint =
  "Before the details of the appointment. An empty line begins a paragraph.";
export const closing = "Closing words";
export const closingHint = "At the end. Left empty, a field has the standard words.";
export const parts = { subject: "subject", opening: "opening words", closing: "closing words" };
export const standard = "Back to the standard words";
export const saved = "Saved. Letters have these words from now on.";
export const insertInto = (part: string) => `Insert into the ${part}`;
export const condition =
  "A name between {{ and }} becomes what it stands for in each letter. Write {% if place %}…{% endif %} around what needs a variable that may be empty.";
export const preview = "Preview";
export const old = (failure: string) =>
  failure
    ? `${failure} The preview shows what you typed before.`
    : "The preview has the standard words where something is wrong.";
export const unusable = "These words can’t be used, so the letters go out with the standard words:";
export const faultOf = (name: string, language: string, part: string, said: string) =>
  `${name}, ${language}, ${part}: ${said}`;
export const asPicture = "As mail programs show it";
export const asText = "As text";
export const sendTest = "Send me a test";
export const sentTo = (address: string) => `Sent to ${address}.`;
export const cannotSend =
  "No mail server is set up, so no letters are sent: see the page “Server”.";
