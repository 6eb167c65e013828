/** Numbers as people type them, and as the catalog has them. */

/** A length of time as it is edited: so many of a unit, which is so many minutes. */
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

/** What is no number stays as it is, and the server says so. */
export function writeLength({ amount, unit }: Length): number | string {
  const count = writeNumber(amount);
  return typeof count === "number" ? count * unit : count;
}

export function writeNumber(text: string): number | string {
  const typed = text.trim();
  return /^\d{1,9}$/.test(typed) ? Number(typed) : typed;
}

/** Nothing typed: nothing said. */
export const writeNumberOrNull = (text: string) => (text.trim() === "" ? null : writeNumber(text));

export const writeTextOrNull = (text: string) => (text.trim() === "" ? null : text.trim());

/** People write a comma in many places, and leave out the last zero. */
export function writePrice(text: string): string | null {
  const typed = text.trim().replace(",", ".");
  if (typed === "") return null;
  return /\.\d$/.test(typed) ? `${typed}0` : typed;
}
