import type { TargetedSubmitEvent } from "preact";
import { useEffect, useRef } from "react";
import * as texts from "./texts";
import type { Field } from "./useConfirmation";
import type { Draft } from "./useDraft";

type Autocomplete = "name" | "email" | "tel";

interface DetailsFormProps {
  id: string;
  draft: Draft;
  wrong: readonly Field[];
  isFixed: boolean;
  onChange(change: Partial<Draft>): void;
  onSubmit(event: TargetedSubmitEvent<HTMLFormElement>): void;
}

export function DetailsForm({ id, draft, wrong, isFixed, onChange, onSubmit }: DetailsFormProps) {
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => {
    if (wrong[0]) form.current?.querySelector<HTMLElement>(`[name=${wrong[0]}]`)?.focus();
  }, [wrong]);

  const field = (name: Field, type: "text" | "email" | "tel", autocomplete: Autocomplete) => (
    <div class="field">
      <label for={name}>
        {texts.fieldNames[name]}
        {name === "phone" && <span class="quiet"> ({texts.optional})</span>}
      </label>
      <input
        id={name}
        name={name}
        type={type}
        list={undefined}
        autocomplete={autocomplete}
        value={draft[name]}
        readOnly={isFixed}
        required={name !== "phone"}
        aria-invalid={wrong.includes(name)}
        aria-describedby={`${name}-error`}
        onInput={(event) => onChange({ [name]: event.currentTarget.value })}
      />
      <p id={`${name}-error`} class="field-error">
        {wrong.includes(name) && texts.fieldErrors[name]}
      </p>
    </div>
  );

  return (
    <form ref={form} id={id} class="details" noValidate onSubmit={onSubmit}>
      <h2 tabIndex={-1}>{texts.details}</h2>
      {field("name", "text", "name")}
      {field("email", "email", "email")}
      {field("phone", "tel", "tel")}
    </form>
  );
}
