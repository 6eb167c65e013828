/**
 * Where the server is reached, without a slash at its end: a path, which the server writes into its
 * own pages, or the whole address on a page of another site.
 */
export let BASE = document.documentElement.dataset.base ?? "";

/** Says where the server is, before anything is asked of it. */
export function setBase(base: string): void {
  BASE = base;
}
