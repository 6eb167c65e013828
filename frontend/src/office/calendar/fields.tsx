import type { ComponentChildren } from "preact";
import { useId } from "react";
import * as texts from "./texts";

interface LabelledProps {
  label: string;
  hint?: string;
  error?: string | undefined;
  isOptional?: boolean;
  children(attributes: {
    id: string;
    "aria-describedby": string | undefined;
    "aria-invalid": true | undefined;
  }): ComponentChildren;
}

/** A field with its label, and an error below it. */
export function Labelled({ label, hint, error, isOptional, children }: LabelledProps) {
  const id = useId();
  const about = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(" ");
  return (
    <div class="cal-field">
      <label for={id}>
        {label}
        {isOptional && <span class="quiet"> ({texts.optional})</span>}
      </label>
      {children({
        id,
        "aria-describedby": about || undefined,
        "aria-invalid": error ? true : undefined,
      })}
      {hint && (
        <p class="quiet" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      {error && (
        <p class="cal-error" id={`${id}-error`}>
          {error}
        </p>
      )}
    </div>
  );
}

/** Returns the values of a form by the names of its fields. */
export function valuesOf(form: HTMLFormElement): Record<string, string> {
  const values: Record<string, string> = {};
  for (const [name, value] of new FormData(form)) values[name] = String(value);
  return values;
}
