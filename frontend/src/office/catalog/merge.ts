export const isSame = (one: unknown, other: unknown) =>
  JSON.stringify(one) === JSON.stringify(other);

export interface Merged<Form> {
  form: Form;
  /**
   * The keys that both people have changed, in different ways. The form has what was typed here.
   */
  contested: (keyof Form & string)[];
}

/**
 * Merges what somebody else has saved into a form that is being filled in. Their changes are taken
 * over; what was typed here stays.
 */
export function merge<Form extends object>(base: Form, typed: Form, theirs: Form): Merged<Form> {
  const form = { ...theirs };
  const contested: (keyof Form & string)[] = [];
  for (const key of Object.keys(typed) as (keyof Form & string)[]) {
    if (isSame(base[key], typed[key])) continue;
    if (!isSame(base[key], theirs[key]) && !isSame(typed[key], theirs[key])) contested.push(key);
    form[key] = typed[key];
  }
  return { form, contested };
}
