import { useId } from "react";
import { Field } from "../components/Field";
import { type Length, UNITS, type Unit } from "./amounts";
import * as texts from "./texts";

interface TextAreaProps {
  name: string;
  label: string;
  hint?: string;
  error?: string | undefined;
  value: string;
  rows: number;
  onChange(value: string): void;
}

/** A labelled field for a text of several lines. */
export function TextArea({ name, label, hint, error, value, rows, onChange }: TextAreaProps) {
  const id = useId();
  const about = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(" ");
  return (
    <div class="field">
      <label for={id}>
        {label} <span class="quiet">({texts.optional})</span>
      </label>
      <textarea
        id={id}
        name={name}
        rows={rows}
        dir="auto"
        value={value}
        aria-invalid={error ? true : undefined}
        aria-describedby={about || undefined}
        onInput={(event) => onChange(event.currentTarget.value)}
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

interface MinutesFieldProps {
  name: string;
  label: string;
  hint?: string;
  error?: string | undefined;
  value: string;
  isOptional?: boolean;
  onChange(value: string): void;
}

/** A field for a number of minutes. */
export const MinutesField = ({ label, ...rest }: MinutesFieldProps) => (
  <Field {...rest} label={`${label} (${texts.inMinutes})`} inputMode="numeric" maxLength={9} />
);

interface LengthFieldProps {
  name: string;
  label: string;
  hint?: string;
  error?: string | undefined;
  value: Length;
  onChange(value: Length): void;
}

/** A field for a length of time in minutes, hours or days. */
export function LengthField({ name, label, hint, error, value, onChange }: LengthFieldProps) {
  const id = useId();
  const about = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(" ");
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <div class="length">
        <input
          id={id}
          name={name}
          type="text"
          list={undefined}
          inputMode="numeric"
          maxLength={9}
          value={value.amount}
          aria-invalid={error ? true : undefined}
          aria-describedby={about || undefined}
          onInput={(event) => onChange({ ...value, amount: event.currentTarget.value })}
        />
        <select
          aria-label={texts.unitOf(label)}
          value={value.unit}
          onChange={(event) =>
            onChange({ ...value, unit: Number(event.currentTarget.value) as Unit })
          }
        >
          {UNITS.map((unit) => (
            <option key={unit} value={unit}>
              {texts.units[unit]}
            </option>
          ))}
        </select>
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

interface ChoicesProps<Value> {
  name: string;
  legend: string;
  hint?: string;
  error?: string | undefined;
  options: readonly { value: Value; text: string }[];
  chosen: readonly Value[];
  onChange(chosen: Value[]): void;
}

/** A choice of any number of options, which stay in their order. */
export function Choices<Value extends string | number>({
  name,
  legend,
  hint,
  error,
  options,
  chosen,
  onChange,
}: ChoicesProps<Value>) {
  const toggle = (value: Value) => {
    const isChosen = (each: Value) => (each === value) !== chosen.includes(each);
    onChange(options.map((option) => option.value).filter(isChosen));
  };
  return (
    <fieldset class="choices" aria-invalid={error ? true : undefined}>
      <legend class="label">{legend}</legend>
      {options.map(({ value, text }) => (
        <label key={value}>
          <input
            type="checkbox"
            name={name}
            checked={chosen.includes(value)}
            onChange={() => toggle(value)}
          />
          <bdi>{text}</bdi>
        </label>
      ))}
      {hint && <p class="hint">{hint}</p>}
      {error && <p class="field-error">{error}</p>}
    </fieldset>
  );
}

interface RemindersProps {
  value: readonly Length[];
  faults: Record<string, string>;
  onChange(value: Length[]): void;
}

/** The editor for reminders: how long before the start each is sent. There can be any number. */
export function Reminders({ value, faults, onChange }: RemindersProps) {
  const set = (index: number, length: Length) =>
    onChange(value.map((each, at) => (at === index ? length : each)));
  return (
    <div class="reminders">
      {value.length === 0 && <p class="quiet">{texts.noReminders}</p>}
      {value.map((length, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: they are what their place in the list is.
        <div class="reminder" key={index}>
          <LengthField
            name={`reminders.${index}`}
            label={`${texts.reminder(index + 1)}, ${texts.beforeStart}`}
            value={length}
            error={faults[`reminders.${index}`]}
            onChange={(changed) => set(index, changed)}
          />
          <button
            type="button"
            class="quiet-button danger"
            aria-label={texts.removeNamed(texts.reminder(index + 1))}
            onClick={() => onChange(value.filter((_, at) => at !== index))}
          >
            {texts.remove}
          </button>
        </div>
      ))}
      {faults.reminders && <p class="field-error">{faults.reminders}</p>}
      <button
        type="button"
        class="secondary"
        onClick={() => onChange([...value, { amount: "1", unit: 60 }])}
      >
        {texts.addReminder}
      </button>
    </div>
  );
}
