import { useId } from "react";

interface SelectProps {
  name: string;
  label: string;
  value: string;
  options: readonly { value: string; text: string }[];
  hint?: string;
  error?: string | undefined;
  onChange(value: string): void;
}

/** A labelled field with which one of several options is chosen. */
export function Select({ name, label, value, options, hint, error, onChange }: SelectProps) {
  const id = useId();
  const about = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(" ");
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <select
        id={id}
        name={name}
        value={value}
        aria-invalid={error ? true : undefined}
        aria-describedby={about || undefined}
        onChange={(event) => onChange(event.currentTarget.value)}
      >
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.text}
          </option>
        ))}
      </select>
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
