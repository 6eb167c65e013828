/**
 * The address of the server, without a slash at its end. It is a path, which the server writes into
 * its own pages, or the whole address on a page of another site.
 */
export let BASE = document.documentElement.dataset.base ?? "";

/** Sets the address of the server, before the first request. */
export function setBase(base: string): void {
  BASE = base;
}
