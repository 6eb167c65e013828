import type { TargetedSubmitEvent } from "preact";
import { useEffect, useRef } from "react";
import { texts } from "./texts";
import type { Field } from "./useConfirmation";
import type { Draft } from "./useDraft";

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

  const field = (name: Field) => ({
    name,
    value: draft[name],
    isWrong: wrong.includes(name),
    isFixed,
    onInput: (value: string) => onChange({ [name]: value }),
  });

  return (
    <form ref={form} id={id} class="details" noValidate onSubmit={onSubmit}>
      <TextField {...field("name")} type="text" autocomplete="name" />
      <TextField {...field("email")} type="email" autocomplete="email" />
      <TextField {...field("phone")} type="tel" autocomplete="tel" isOptional />
    </form>
  );
}

interface TextFieldProps {
  name: Field;
  type: "text" | "email" | "tel";
  autocomplete: "name" | "email" | "tel";
  value: string;
  isWrong: boolean;
  isFixed: boolean;
  isOptional?: boolean;
  onInput(value: string): void;
}

function TextField(props: TextFieldProps) {
  const { name, isWrong } = props;
  return (
    <div class="field">
      <label for={`field-${name}`}>
        {texts[name]} {props.isOptional && <span class="quiet">({texts.optional})</span>}
      </label>
      <input
        id={`field-${name}`}
        name={name}
        type={props.type}
        list={undefined}
        autocomplete={props.autocomplete}
        value={props.value}
        readOnly={props.isFixed}
        required={!props.isOptional}
        aria-invalid={isWrong}
        aria-describedby={`error-${name}`}
        onInput={(event) => props.onInput(event.currentTarget.value)}
      />
      <p id={`error-${name}`} class="field-error">
        {isWrong && texts.fieldErrors[name]}
      </p>
    </div>
  );
}
