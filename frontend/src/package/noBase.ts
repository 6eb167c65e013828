/** In an app the server is always named, and there may be no document yet when this is loaded. */
export const BASE = "";
