export const isSame = (one: unknown, other: unknown) =>
  JSON.stringify(one) === JSON.stringify(other);

export interface Merged<Form> {
  form: Form;
  /** What both have changed, each in another way: what was typed is kept. */
  contested: (keyof Form & string)[];
}

/**
 * What somebody else saved while this form was being filled in: their changes come into the form,
 * what was typed here stays.
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
