import { useId } from "react";
import * as texts from "../texts";

interface TextAreaProps {
  name: string;
  label: string;
  hint?: string;
  error?: string | undefined;
  value: string;
  isOptional?: boolean;
  rows?: number;
  onChange(value: string): void;
}

/** A labelled field for a text of several lines. */
export function TextArea({
  name,
  label,
  hint,
  error,
  isOptional,
  rows = 3,
  ...rest
}: TextAreaProps) {
  const id = useId();
  const about = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(" ");
  return (
    <div class="field">
      <label for={id}>
        {label}
        {isOptional && <span class="quiet"> ({texts.optional})</span>}
      </label>
      <textarea
        id={id}
        name={name}
        rows={rows}
        dir="auto"
        value={rest.value}
        aria-invalid={error ? true : undefined}
        aria-describedby={about || undefined}
        onInput={(event) => rest.onChange(event.currentTarget.value)}
      />
      {hint && (
        <p id={`${id}-hint`} class="hint">
          {hint}
        </p>
      )}
      {error && (
        <p id={`${id}-error`} class="field-error">
          {error}
        </p>
      )}
    </div>
  );
}
