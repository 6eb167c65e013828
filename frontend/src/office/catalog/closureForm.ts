import type { ClosureTable } from "./wire";

/** A closure in a form: whole days, or days with times. */
export interface ClosureForm {
  resource: string;
  isWholeDays: boolean;
  firstDay: string;
  lastDay: string;
  begins: string;
  ends: string;
  reason: string;
}

const T = "T";

export function readClosure(table: ClosureTable): ClosureForm {
  const [firstDay = "", begins] = table.from.split(T);
  const [lastDay = "", ends] = table.to.split(T);
  return {
    resource: table.resource === null ? "" : String(table.resource),
    isWholeDays: begins === undefined,
    firstDay,
    lastDay,
    begins: begins ?? "09:00",
    ends: ends ?? "17:00",
    reason: table.reason,
  };
}

export function writeClosure(form: ClosureForm): ClosureTable {
  const last = form.lastDay || form.firstDay;
  return {
    from: form.isWholeDays ? form.firstDay : `${form.firstDay}${T}${form.begins}`,
    to: form.isWholeDays ? last : `${last}${T}${form.ends}`,
    resource: form.resource === "" ? null : Number(form.resource),
    reason: form.reason.trim(),
  };
}

export const NEW_CLOSURE: ClosureForm = {
  resource: "",
  isWholeDays: true,
  firstDay: "",
  lastDay: "",
  begins: "09:00",
  ends: "17:00",
  reason: "",
};

const sameAs = (one: ClosureTable) => (other: ClosureTable) =>
  one.from === other.from &&
  one.to === other.to &&
  one.resource === other.resource &&
  one.reason === other.reason;

/**
 * Returns the list with `after` in place of `before`. Without `before` a closure is added, and
 * without `after` one is removed.
 */
export function replaceClosure(
  closures: readonly ClosureTable[],
  before: ClosureTable | null,
  after: ClosureTable | null,
): ClosureTable[] {
  const index = before ? closures.findIndex(sameAs(before)) : -1;
  const others = closures.filter((_, at) => at !== index);
  return after ? [...others, after] : others;
}
