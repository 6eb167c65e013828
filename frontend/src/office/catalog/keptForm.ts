/**
 * A form that stays in the session storage when its page is left or loaded again, until it is saved
 * or given up.
 */
export interface Kept<Form> {
  base: Form;
  form: Form;
  version: string;
}

const nameOf = (path: string) => `dibs.office.catalog${path}`;

export function keepForm<Form>(path: string, kept: Kept<Form>): void {
  sessionStorage.setItem(nameOf(path), JSON.stringify(kept));
}

export function keptForm<Form>(path: string): Kept<Form> | null {
  const kept = sessionStorage.getItem(nameOf(path));
  return kept === null ? null : (JSON.parse(kept) as Kept<Form>);
}

export const forgetForm = (path: string) => sessionStorage.removeItem(nameOf(path));
