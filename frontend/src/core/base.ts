/** The path under which the server is reached, without a slash at its end: it says so itself. */
export const BASE = document.documentElement.dataset.base ?? "";
