import { useRef, useState } from "react";
import { Problem } from "../../api/problem";
import { CustomerCombobox } from "../customers/CustomerCombobox";
import type { Customer } from "../customers/wire";
import type { CalendarApi, NewClosure } from "./calendarApi";
import { Labelled } from "./fields";
import type { Schedule } from "./schedule";
import * as texts from "./texts";
import type { Column, Entry, Rule } from "./wire";
import type { Words } from "./words";

export interface FormSurroundings {
  api: CalendarApi;
  schedule: Schedule;
  words: Words;
  /** The user's only resource, or null if they may choose one. */
  own: number | null;
  canCloseBusiness: boolean;
  canSeeBookings: boolean;
  /** Whether customers are suggested while a name is typed. */
  canSeeCustomers: boolean;
  ask(rules: readonly Rule[]): Promise<boolean>;
  tell(text: string, undo?: () => Promise<void>): void;
  cancel(entry: Entry): Promise<void>;
  /** Closes a time. Throws what the API answers if it refuses. */
  block(wanted: NewClosure): Promise<void>;
  noteOwn(id: string): void;
  /**
   * Reads a column that may not be shown. Returns null if there is none, or if the server can't be
   * reached.
   */
  readColumn(resource: number, day: string): Promise<Column | null>;
}

export interface NewEntryProps {
  around: FormSurroundings;
  column: Column;
  starts_at: string;
  ends_at: string | null;
  onClose(): void;
}

export function fieldErrors(error: unknown): Record<string, string> {
  if (!(error instanceof Problem)) return {};
  return Object.fromEntries(
    error.errors.map(({ field, code }) => [
      field.replace(/^customer\./, ""),
      texts.fieldProblems[code] ?? texts.fieldProblems.out_of_range ?? code,
    ]),
  );
}

interface GuestFieldsProps {
  kept: Record<string, string | undefined>;
  errors: Record<string, string>;
  /**
   * Whether known customers are suggested while a name is typed. A chosen one fills the other
   * fields.
   */
  isFinding?: boolean;
}

export function GuestFields({ kept, errors, isFinding = false }: GuestFieldsProps) {
  const [name, setName] = useState(kept.name ?? "");
  const others = useRef<HTMLDivElement>(null);
  const fill = (customer: Customer) => {
    setName(customer.name);
    const form = others.current?.closest("form");
    for (const field of ["name", "email", "phone"] as const) {
      const input = form?.querySelector<HTMLInputElement>(`[name="${field}"]`);
      if (input) input.value = customer[field];
    }
    // At an input event the form stores what was typed.
    others.current?.dispatchEvent(new Event("input", { bubbles: true }));
  };
  return (
    <>
      <Labelled label={texts.name} error={errors.name}>
        {(field) =>
          isFinding ? (
            <CustomerCombobox
              id={field.id}
              name="name"
              describedBy={field["aria-describedby"]}
              isInvalid={field["aria-invalid"] ?? false}
              isRequired
              value={name}
              onInput={setName}
              onChoose={fill}
            />
          ) : (
            <input
              {...field}
              type="text"
              name="name"
              required
              maxLength={200}
              autocomplete="off"
              dir="auto"
              defaultValue={kept.name ?? ""}
            />
          )
        }
      </Labelled>
      <div class="cal-row" ref={others}>
        <Labelled label={texts.email} error={errors.email} isOptional>
          {(field) => (
            <input
              {...field}
              type="email"
              name="email"
              autocomplete="off"
              defaultValue={kept.email ?? ""}
            />
          )}
        </Labelled>
        <Labelled label={texts.phone} error={errors.phone} isOptional>
          {(field) => (
            <input
              {...field}
              type="tel"
              name="phone"
              autocomplete="off"
              defaultValue={kept.phone ?? ""}
            />
          )}
        </Labelled>
      </div>
      <Labelled label={texts.notes} hint={texts.notesHint} error={errors.notes} isOptional>
        {(field) => (
          <textarea {...field} name="notes" rows={2} dir="auto" defaultValue={kept.notes ?? ""} />
        )}
      </Labelled>
    </>
  );
}

interface PersonFieldProps {
  around: FormSurroundings;
  value: number | null;
  withBusiness?: boolean;
  onChange(resource: number): void;
}

export function PersonField({ around, value, withBusiness, onChange }: PersonFieldProps) {
  const { resources } = around.schedule.calendar;
  const shown = around.own === null ? resources : resources.filter(({ id }) => id === around.own);
  return (
    <Labelled label={texts.person}>
      {(field) => (
        <select
          {...field}
          name="resource"
          value={value ?? 0}
          onChange={(event) => onChange(Number(event.currentTarget.value))}
        >
          {shown.map((each) => (
            <option key={each.id} value={each.id}>
              {each.name}
            </option>
          ))}
          {withBusiness && <option value={0}>{texts.wholeBusiness}</option>}
        </select>
      )}
    </Labelled>
  );
}
