/** The names of pages in the menu, which is loaded before the pages. */
export const feeds = "Calendar feeds";
export const subscriptions = "Other calendars";
export const appearance = "Appearance";
export const letters = "Letters";
export const server = "Server";
