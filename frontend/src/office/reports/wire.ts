/** What the API says of a report. null: it is not known. */

export type { ReportOut as Report } from "../api/types";

export type Value = string | number | null;
export type Row = Record<string, Value>;

/** A number of a row; null also where there is none. */
export function numberOf(row: Row | undefined, name: string): number | null {
  const value = row?.[name];
  return typeof value === "number" ? value : null;
}
