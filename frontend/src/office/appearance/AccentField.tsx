import { useId } from "react";
import * as texts from "./texts";

interface AccentFieldProps {
  name: string;
  value: string;
  /** The server's sentences about places where it had to use another colour. */
  adjustments: readonly string[];
  error: string | undefined;
  onChange(value: string): void;
}

const COLOUR = /^#[0-9a-f]{6}$/i;

/** A field for a colour, typed or picked, with the adjustments that made the colour readable. */
export function AccentField({ name, value, adjustments, error, onChange }: AccentFieldProps) {
  const id = useId();
  const picked = COLOUR.test(value.trim()) ? value.trim().toLowerCase() : "#000000";
  const about = [`${id}-hint`, error && `${id}-error`].filter(Boolean).join(" ");
  return (
    <div class="field">
      <label for={id}>{texts.accent}</label>
      <div class="accent-line">
        <input
          type="color"
          list={undefined}
          aria-label={texts.pickAccent}
          value={picked}
          onInput={(event) => onChange(event.currentTarget.value)}
        />
        <input
          id={id}
          name={name}
          type="text"
          list={undefined}
          autocomplete="off"
          autocapitalize="off"
          spellcheck={false}
          maxLength={20}
          value={value}
          aria-invalid={error ? true : undefined}
          aria-describedby={about}
          onInput={(event) => onChange(event.currentTarget.value)}
        />
      </div>
      <p id={`${id}-hint`} class="hint">
        {texts.accentHint}
      </p>
      {error && (
        <p id={`${id}-error`} class="field-error">
          {error}
        </p>
      )}
      <div role="status">
        {adjustments.length > 0 && (
          <div class="news">
            <p>{texts.adjusted}</p>
            <ul>
              {adjustments.map((each) => (
                <li key={each}>{each}</li>
              ))}
            </ul>
          </div>
        )}
      </div>
    </div>
  );
}
