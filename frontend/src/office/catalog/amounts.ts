/** Converts numbers between the form in which people type them and that of the catalog. */

/** A length of time in a form: an amount, and a unit in minutes. */
export interface Length {
  amount: string;
  unit: Unit;
}

export const UNITS = [1, 60, 1440] as const;
export type Unit = (typeof UNITS)[number];

export function readLength(minutes: number): Length {
  const unit = minutes === 0 ? 60 : ([1440, 60] as const).find((each) => minutes % each === 0);
  return { amount: String(minutes / (unit ?? 1)), unit: unit ?? 1 };
}

/**
 * Returns a length in minutes. A text that isn't a number stays as it is, and the server reports
 * it.
 */
export function writeLength({ amount, unit }: Length): number | string {
  const count = writeNumber(amount);
  return typeof count === "number" ? count * unit : count;
}

export function writeNumber(text: string): number | string {
  const typed = text.trim();
  return /^\d{1,9}$/.test(typed) ? Number(typed) : typed;
}

/** Returns the number, or null if nothing was typed. */
export const writeNumberOrNull = (text: string) => (text.trim() === "" ? null : writeNumber(text));

export const writeTextOrNull = (text: string) => (text.trim() === "" ? null : text.trim());

/**
 * Returns a price for the catalog, or null if nothing was typed. In many places people write a
 * comma, and they leave out the last zero.
 */
export function writePrice(text: string): string | null {
  const typed = text.trim().replace(",", ".");
  if (typed === "") return null;
  return /\.\d$/.test(typed) ? `${typed}0` : typed;
}
