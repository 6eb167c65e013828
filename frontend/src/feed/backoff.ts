const FIRST = 1_000;
const LONGEST = 15_000;

/**
 * Returns the milliseconds to wait after several failures in a row. They are never fewer than the
 * server asks for.
 */
export function backoff(failures: number, random: number, retryAfter: number): number {
  const grown = Math.min(LONGEST, FIRST * 2 ** (failures - 1));
  return retryAfter + grown * (0.5 + random / 2);
}

/**
 * Returns the milliseconds that a `Retry-After` header asks for. The header has seconds or a date.
 */
export function retryAfter(header: string | null, now: number): number {
  if (header === null) return 0;
  return Math.max(0, Number(header) * 1_000 || Date.parse(header) - now || 0);
}
