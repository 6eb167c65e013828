import { tabStorage } from "../shell/storages";

/**
 * A form that stays in the session storage when its page is left or loaded again, until it is saved
 * or given up.
 */
export interface Kept<Form> {
  base: Form;
  form: Form;
  version: string;
}

const keyOf = (path: string) => `catalog${path}`;

export function keepForm<Form>(path: string, kept: Kept<Form>): void {
  tabStorage.write(keyOf(path), kept);
}

export const keptForm = <Form>(path: string) => tabStorage.read<Kept<Form>>(keyOf(path));

export const forgetForm = (path: string) => tabStorage.remove(keyOf(path));
