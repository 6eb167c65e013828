import { Problem } from "../../api/problem";
import type { OfficeApi } from "../api/officeApi";
import { replaceClosure } from "./closureForm";
import type { Catalog, ClosureTable, Outcome } from "./wire";

const ATTEMPTS = 3;

/**
 * Puts one closure in place of another in the present list. If somebody else changes the list
 * meanwhile, this is tried again with their list.
 */
export async function sendClosures(
  api: OfficeApi,
  before: ClosureTable | null,
  after: ClosureTable | null,
  agreed: readonly string[],
  query = "",
): Promise<{ outcome: Outcome; index: number }> {
  for (let attempt = 1; ; attempt += 1) {
    const { closures } = await api.get<Catalog>("/catalog");
    const wanted = replaceClosure(closures.table, before, after);
    const body = { closures: wanted, version: closures.version, agreed };
    try {
      const outcome = await api.change<Outcome>("PUT", `/catalog/closures${query}`, body);
      return { outcome, index: wanted.length - 1 };
    } catch (error) {
      const isLate = error instanceof Problem && error.code === "changed_meanwhile";
      if (!isLate || attempt === ATTEMPTS) throw narrowError(error, wanted.length - 1);
    }
  }
}

/** Returns the error without the closure's place in the list, so that its faults fit the form. */
function narrowError(error: unknown, index: number): unknown {
  if (!(error instanceof Problem) || error.errors.length === 0) return error;
  const errors = error.errors.map((fault) => ({
    ...fault,
    field: fault.field.replace(`${index}.`, ""),
  }));
  return new Problem(error.status, { code: error.code, detail: error.message, errors });
}
