/** Every sentence of the page about letters. */
export const hint =
  "What customers and staff get by e-mail. The appointment is made up; name, address and time zone are yours.";
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
};
export const named = (kind: string, recipient: string) =>
  `${KINDS[kind] ?? kind}, to ${TO[recipient] ?? recipient}`;
export const subject = "Subject";
export const asPicture = "As mail programs show it";
export const asText = "As text";
export const sendTest = "Send me a test";
export const sentTo = (address: string) => `Sent to ${address}.`;
export const cannotSend =
  "No mail server is set up, so no letters are sent: see the page “Server”.";
