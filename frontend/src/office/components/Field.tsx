import type { InputHTMLAttributes } from "preact";
import { useId, useState } from "react";
import * as texts from "../texts";

interface FieldProps {
  name: string;
  label: string;
  type?: "text" | "email" | "password" | "datetime-local" | "date" | "time" | "tel";
  hint?: string;
  error?: string | undefined;
  value: string;
  isOptional?: boolean;
  autocomplete?: InputHTMLAttributes["autocomplete"];
  inputMode?: "numeric";
  maxLength?: number;
  /** Set for a text that may be in any language: its direction comes from its letters. */
  dir?: "auto";
  /** Texts that were typed in this field before, to choose from. */
  suggestions?: readonly string[];
  onChange(value: string): void;
}

/** A labelled input, with its error below. A password can be made visible. */
export function Field({ name, label, type = "text", hint, error, ...rest }: FieldProps) {
  const id = useId();
  const [isShown, setShown] = useState(false);
  const isPassword = type === "password";
  const about = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(" ");
  return (
    <div class="field">
      <label for={id}>
        {label}
        {rest.isOptional && <span class="quiet"> ({texts.optional})</span>}
      </label>
      <div class="field-line">
        <input
          id={id}
          name={name}
          // The types of Preact don't allow an input whose type varies.
          type={(isPassword && isShown ? "text" : type) as "text"}
          list={rest.suggestions && `${id}-list`}
          value={rest.value}
          autocomplete={rest.autocomplete ?? "off"}
          autocapitalize="off"
          spellcheck={type === "text" && !isPassword}
          inputMode={rest.inputMode}
          maxLength={rest.maxLength}
          dir={rest.dir}
          required={!rest.isOptional}
          aria-invalid={error ? true : undefined}
          aria-describedby={about || undefined}
          onInput={(event) => rest.onChange(event.currentTarget.value)}
        />
        {rest.suggestions && (
          <datalist id={`${id}-list`}>
            {rest.suggestions.map((each) => (
              <option key={each} value={each} />
            ))}
          </datalist>
        )}
        {isPassword && (
          <button
            type="button"
            class="quiet-button"
            aria-pressed={isShown}
            aria-label={texts.showPassword}
            onClick={() => setShown(!isShown)}
          >
            {isShown ? texts.hide : texts.show}
          </button>
        )}
      </div>
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
