/** What pages are called in the menu, which is loaded before them. */
export const feeds = "Calendar feeds";
export const subscriptions = "Other calendars";
export const appearance = "Appearance";
export const letters = "Letters";
export const server = "Server";
