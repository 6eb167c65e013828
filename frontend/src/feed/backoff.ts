const FIRST = 1_000;
const LONGEST = 15_000;

/** How long to wait after so many failures in a row; the server's own wish is never undercut. */
export function backoff(failures: number, random: number, retryAfter: number): number {
  const grown = Math.min(LONGEST, FIRST * 2 ** (failures - 1));
  return retryAfter + grown * (0.5 + random / 2);
}

/** The milliseconds that a `Retry-After` header asks for, in seconds or as a date. */
export function retryAfter(header: string | null, now: number): number {
  if (header === null) return 0;
  const seconds = Number(header);
  const wait = Number.isNaN(seconds) ? Date.parse(header) - now : seconds * 1_000;
  return Number.isNaN(wait) ? 0 : Math.max(0, wait);
}
