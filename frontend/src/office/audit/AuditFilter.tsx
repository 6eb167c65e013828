import { useState } from "react";
import { Field } from "../components/Field";
import { Select } from "../components/Select";
import * as words from "./texts";

export interface Wanted {
  who: string;
  action: string;
  reference: string;
  from: string;
  to: string;
}

export const EVERYTHING: Wanted = { who: "", action: "", reference: "", from: "", to: "" };

/** Returns the query of an address that asks for these entries. */
export function queryOf(wanted: Wanted): string {
  const said = Object.entries(wanted).filter(([, value]) => value !== "");
  return said.length > 0 ? `?${new URLSearchParams(said)}` : "";
}

interface FilterProps {
  names: readonly { who: string; name: string }[];
  onChange(wanted: Wanted): void;
}

const optionsOf = (all: string, of: Record<string, string>) => [
  { value: "", text: all },
  ...Object.entries(of).map(([value, text]) => ({ value, text })),
];

/** The filter of the audit. Typed text takes effect when the form is sent. */
export function AuditFilter({ names, onChange }: FilterProps) {
  const [typed, setTyped] = useState(EVERYTHING);
  const type = (change: Partial<Wanted>) => setTyped({ ...typed, ...change });
  const isBackwards = typed.from !== "" && typed.to !== "" && typed.from > typed.to;
  const isReference = /^[A-Za-z0-9-]*$/.test(typed.reference.trim());
  const choose = (change: Partial<Wanted>) => {
    type(change);
    if (!isBackwards && isReference) onChange({ ...typed, ...change });
  };
  const people = names.map(({ who, name }) => ({ value: who, text: name }));
  return (
    <form
      class="filter"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (isBackwards || !isReference) return;
        onChange({ ...typed, reference: typed.reference.trim() });
      }}
    >
      <Select
        name="who"
        label={words.who}
        value={typed.who}
        options={[...optionsOf(words.anybody, words.actors), ...people]}
        onChange={(who) => choose({ who })}
      />
      <Select
        name="action"
        label={words.what}
        value={typed.action}
        options={optionsOf(words.anything, words.topics)}
        onChange={(action) => choose({ action })}
      />
      <Field
        name="reference"
        label={words.reference}
        value={typed.reference}
        error={isReference ? undefined : words.noReference}
        maxLength={40}
        isOptional
        onChange={(reference) => type({ reference })}
      />
      {(["from", "to"] as const).map((name) => (
        <Field
          key={name}
          name={name}
          type="date"
          label={name === "from" ? words.from : words.to}
          value={typed[name]}
          error={name === "to" && isBackwards ? words.fromAfterTo : undefined}
          isOptional
          onChange={(day) => type({ [name]: day })}
        />
      ))}
      <button type="submit" class="secondary">
        {words.show}
      </button>
    </form>
  );
}
