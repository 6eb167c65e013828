/** Every sentence of the page about calendar feeds. */
export const hint =
  "A calendar program (Google, Apple, Outlook) reads the bookings at a secret address, with the names of the customers. Whoever has the address can read them too.";
export const none = "There are no feeds yet.";
export const add = "New feed";
export const ofWhom = "Whose bookings";
export const wholeBusiness = "The whole business";
export const madeOn = (when: string) => `Made ${when}`;
export const revoke = "Revoke";
export const revokeOf = (whose: string) => `Revoke the feed of ${whose}`;
export const keep = "Add this address to your calendar program as a subscription.";
