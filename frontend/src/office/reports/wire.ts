/** A report as the API sends it. A value is null if it is not known. */

export type { ReportOut as Report } from "../api/types";

export type Value = string | number | null;
export type Row = Record<string, Value>;

/** Returns a number of a row, or null if there is none. */
export function numberOf(row: Row | undefined, name: string): number | null {
  const value = row?.[name];
  return typeof value === "number" ? value : null;
}
