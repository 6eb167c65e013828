import { useState } from "react";
import { Problem } from "../../api/problem";
import { Dialog } from "../components/Dialog";
import { Field } from "../components/Field";
import { Select } from "../components/Select";
import { useSubmit } from "../components/useSubmit";
import { useOfficeApi } from "../shell/office";
import { ConcernedList } from "./Concerned";
import { type ClosureForm, NEW_CLOSURE, readClosure, writeClosure } from "./closureForm";
import { sendClosures } from "./sendClosures";
import * as texts from "./texts";
import type { Catalog, ClosureTable, Concern } from "./wire";

interface ClosureDialogProps {
  /** The closure that is edited, or null for a new one. */
  closure: ClosureTable | null;
  catalog: Catalog;
  onClose(): void;
  onSaved(): void;
}

/** The form for one closure. It shows the bookings within the closure before it saves. */
export function ClosureDialog({ closure, catalog, onClose, onSaved }: ClosureDialogProps) {
  const api = useOfficeApi();
  const [form, setForm] = useState<ClosureForm>(closure ? readClosure(closure) : NEW_CLOSURE);
  const [concerned, setConcerned] = useState<Concern[]>([]);
  const change = (part: Partial<ClosureForm>) => {
    setForm({ ...form, ...part });
    setConcerned([]);
  };
  const sending = useSubmit(async () => {
    const after = writeClosure(form);
    const agreed = concerned.map(({ reference }) => reference);
    try {
      await sendClosures(api, closure, after, agreed);
      onSaved();
    } catch (error) {
      if (!(error instanceof Problem) || error.code !== "bookings_concerned") throw error;
      const { outcome } = await sendClosures(api, closure, after, [], "?dry_run=true");
      setConcerned(outcome.concerned);
    }
  });
  const { fields, message } = sending.refusal;
  const people = catalog.resources.map(({ table }) => ({
    value: String(table.id),
    text: table.name,
  }));
  return (
    <Dialog title={closure ? texts.changeClosure : texts.newClosure} onClose={onClose}>
      <form ref={sending.form} class="form" noValidate onSubmit={sending.submit}>
        <Select
          name="resource"
          label={texts.whoIsOff}
          value={form.resource}
          options={[{ value: "", text: texts.wholeBusiness }, ...people]}
          error={fields.resource}
          onChange={(resource) => change({ resource })}
        />
        <label class="check">
          <input
            type="checkbox"
            checked={form.isWholeDays}
            onChange={() => change({ isWholeDays: !form.isWholeDays })}
          />
          {texts.wholeDays}
        </label>
        <Edges form={form} fields={fields} onChange={change} />
        <Field
          name="reason"
          label={texts.reason}
          hint={texts.reasonHint}
          isOptional
          value={form.reason}
          error={fields.reason}
          onChange={(reason) => change({ reason })}
        />
        <div role="alert">
          {concerned.length > 0 && (
            <>
              <p>
                <strong>{texts.concernedTitle(concerned.length)}</strong>
              </p>
              <ConcernedList concerned={concerned} />
              <p>{texts.concernedStay}</p>
            </>
          )}
        </div>
        <p class="form-error" role="alert">
          {message}
        </p>
        <div class="buttons">
          <button type="submit" class="primary" disabled={sending.isSending}>
            {concerned.length > 0 ? texts.saveAllTheSame : texts.save}
          </button>
          <button type="button" class="secondary" onClick={onClose}>
            {texts.cancel}
          </button>
        </div>
      </form>
    </Dialog>
  );
}

interface EdgesProps {
  form: ClosureForm;
  fields: Record<string, string>;
  onChange(part: Partial<ClosureForm>): void;
}

function Edges({ form, fields, onChange }: EdgesProps) {
  const clock = (name: "begins" | "ends") =>
    !form.isWholeDays && (
      <input
        type="time"
        list={undefined}
        aria-label={name === "begins" ? texts.begins : texts.ends}
        value={form[name]}
        onInput={(event) => onChange({ [name]: event.currentTarget.value })}
      />
    );
  return (
    <>
      <div class="edge">
        <Field
          name="from"
          type="date"
          label={texts.firstDay}
          value={form.firstDay}
          error={fields.from}
          onChange={(firstDay) => onChange({ firstDay })}
        />
        {clock("begins")}
      </div>
      <div class="edge">
        <Field
          name="to"
          type="date"
          label={texts.lastDay}
          {...(form.isWholeDays ? { hint: texts.lastDayHint } : {})}
          isOptional
          value={form.lastDay}
          error={fields.to}
          onChange={(lastDay) => onChange({ lastDay })}
        />
        {clock("ends")}
      </div>
    </>
  );
}
