import type { ComponentChildren, TargetedSubmitEvent } from "preact";
import { useLayoutEffect, useRef } from "react";
import type { CustomerFields } from "../../core/wire";
import { type Field, type FieldFault, faultNow, lengthOf } from "../customerFields";
import type { Draft } from "../hooks/useDraft";
import { fill, later } from "../texts";

type Autocomplete = "name" | "email" | "tel";

interface DetailsFormProps {
  id: string;
  draft: Draft;
  rules: CustomerFields;
  wrong: readonly FieldFault[];
  isFixed: boolean;
  isRemembered: boolean;
  /** The fields for what the service asks. */
  children: ComponentChildren;
  onRemember(wanted: boolean): void;
  onChange(change: Partial<Draft>): void;
  onSubmit(event: TargetedSubmitEvent<HTMLFormElement>): void;
}

export function DetailsForm(props: DetailsFormProps) {
  const { id, draft, rules, wrong, isFixed, onChange, onSubmit } = props;
  const form = useRef<HTMLFormElement>(null);
  useLayoutEffect(() => {
    if (!wrong[0]) return;
    form.current?.querySelector<HTMLElement>(`[name="${wrong[0].field}"]`)?.focus();
  }, [wrong]);

  const field = (name: Field, type: "text" | "email" | "tel", autocomplete: Autocomplete) => {
    const fault = faultNow(wrong, name, draft[name], rules);
    return (
      <div class="field">
        <label for={name}>
          {later.fieldNames[name]}
          {!rules[name].required && <span class="quiet"> ({later.optional})</span>}
        </label>
        <input
          id={name}
          name={name}
          type={type}
          list={undefined}
          autocomplete={autocomplete}
          value={draft[name]}
          readOnly={isFixed}
          required={rules[name].required}
          enterkeyhint={name === "phone" ? "done" : "next"}
          autocapitalize={name === "name" ? "words" : "off"}
          aria-invalid={fault !== null}
          aria-describedby={`${name}-error`}
          onInput={(event) => onChange({ [name]: event.currentTarget.value })}
        />
        <p id={`${name}-error`} class="field-error">
          {fault &&
            describeFault(name, fault, rules[name].max_length, lengthOf(draft[name].trim()))}
        </p>
      </div>
    );
  };

  return (
    <form ref={form} id={id} class="details" noValidate onSubmit={onSubmit}>
      <h2 tabIndex={-1}>{later.details}</h2>
      <div class="fields">
        {field("name", "text", "name")}
        {field("email", "email", "email")}
        {field("phone", "tel", "tel")}
      </div>
      <label class="remember">
        <input
          type="checkbox"
          data-testid="remember"
          checked={props.isRemembered}
          onChange={(event) => props.onRemember(event.currentTarget.checked)}
        />
        <span>
          {later.remember} <span class="quiet">{props.isRemembered && later.rememberHint}</span>
        </span>
      </label>
      {props.children}
    </form>
  );
}

function describeFault(field: Field, code: string, most: number, length: number): string {
  if (code === "required") return later.missing[field];
  if (code === "too_long") return fill(later.tooLong, { most, length });
  if (code === "malformed") return later.malformed;
  return field === "email" ? later.incompleteEmail : later.missing[field];
}
