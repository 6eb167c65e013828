/** A React app always names its server, and there may be no document when this module is loaded. */
export const BASE = "";
