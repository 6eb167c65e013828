import type { Customer, CustomerFields } from "../core/wire";

export type Field = keyof Customer;
export const FIELDS: readonly Field[] = ["name", "email", "phone"];

const MIN_DIGITS = 5;

/** What is wrong with a field, as the server's code: "required", "too_long", "invalid_email" … */
export interface FieldFault {
  /** A field of the customer, or `answers.ID` or `accepted_terms`, as the server names them. */
  field: string;
  code: string;
  /** What the field contained when it was found wrong. */
  text: string;
}

/**
 * Returns the code of what is wrong with a field, or null. These checks need no server; the server
 * checks more strictly, and decides.
 */
export function faultIn(field: Field, text: string, rules: CustomerFields): string | null {
  const trimmed = text.trim();
  if (trimmed === "") return rules[field].required ? "required" : null;
  if (lengthOf(trimmed) > rules[field].max_length) return "too_long";
  if (field === "email" && !/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(trimmed)) return "invalid_email";
  const digits = trimmed.match(/\p{Nd}/gu) ?? [];
  return field === "phone" && digits.length < MIN_DIGITS ? "invalid_phone" : null;
}

/** Counts the letters of a text as the server does: an emoji is one letter. */
export const lengthOf = (text: string) => [...text].length;

export function faultsIn(customer: Record<Field, string>, rules: CustomerFields): FieldFault[] {
  return FIELDS.flatMap((field) => {
    const text = customer[field];
    const code = faultIn(field, text, rules);
    return code === null ? [] : [{ field, code, text }];
  });
}

/**
 * Returns what is still wrong with a field. An error disappears as soon as the field may be right.
 */
export function faultNow(
  faults: readonly FieldFault[],
  field: Field,
  text: string,
  rules: CustomerFields,
): string | null {
  const found = faults.find((fault) => fault.field === field);
  if (!found) return null;
  return faultIn(field, text, rules) ?? (text === found.text ? found.code : null);
}
