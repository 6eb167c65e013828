/** What the API says of a report. null: it is not known. */
export type Value = string | number | null;
export type Row = Record<string, Value>;

export interface Report {
  name: string;
  from: string;
  to: string;
  time_zone: string;
  currency: string;
  columns: string[];
  rows: Row[];
  totals: Row;
  before: { from: string; to: string; totals: Row };
}

/** A number of a row; null also where there is none. */
export function numberOf(row: Row | undefined, name: string): number | null {
  const value = row?.[name];
  return typeof value === "number" ? value : null;
}
