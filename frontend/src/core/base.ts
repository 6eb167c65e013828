/** The path under which the server is reached, without a slash at its end. The server writes it into the page. */
export const BASE = document.documentElement.dataset.base ?? "";
