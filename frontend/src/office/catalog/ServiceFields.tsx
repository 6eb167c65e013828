import { Field } from "../components/Field";
import { EditorForm, Group } from "./EditorForm";
import { Choices, LengthField, MinutesField, Reminders, TextArea } from "./fields";
import type { ServiceForm } from "./forms";
import * as texts from "./texts";
import { type Edited, type Editor, useEditor } from "./useEditor";
import type { Catalog, ServiceTable } from "./wire";

interface ServiceFieldsProps {
  catalog: Catalog;
  edited: Edited<ServiceForm, ServiceTable>;
  onSaved(): void;
}

const LABELS: Partial<Record<keyof ServiceForm, string>> = {
  name: texts.name,
  description: texts.description,
  duration: texts.duration,
  resources: texts.whoDoesIt,
  place: texts.place,
  capacity: texts.capacity,
  buffer_before: texts.bufferBefore,
  buffer_after: texts.bufferAfter,
  slot_interval: texts.slotInterval,
  minimum_notice: texts.minimumNotice,
  booking_window_days: texts.bookingWindow,
  move_notice: texts.moveNotice,
  cancel_notice: texts.cancelNotice,
  reminders: texts.reminders,
};

/** Everything about a service. */
export function ServiceFields({ catalog, edited, onSaved }: ServiceFieldsProps) {
  const editor = useEditor(edited, catalog, onSaved);
  const price = texts.priceIn(catalog.business.table.currency);
  return (
    <EditorForm editor={editor} labels={{ ...LABELS, price }}>
      <About editor={editor} price={price} />
      <People editor={editor} catalog={catalog} />
      <Times editor={editor} usual={catalog.business.table.slot_interval} />
      <Rules editor={editor} />
    </EditorForm>
  );
}

interface PartProps {
  editor: Editor<ServiceForm>;
}

/** What is the same for all fields that are a text. */
const bound = <Key extends keyof ServiceForm & string>(
  { form, faults, change }: Editor<ServiceForm>,
  name: Key,
) => ({
  name,
  value: form[name],
  error: faults[name],
  onChange: (value: ServiceForm[Key]) => change({ [name]: value } as Partial<ServiceForm>),
});

function About({ editor, price }: PartProps & { price: string }) {
  return (
    <Group title={texts.about}>
      <Field {...bound(editor, "name")} label={texts.name} hint={texts.serviceNameHint} />
      <TextArea
        {...bound(editor, "description")}
        label={texts.description}
        hint={texts.descriptionHint}
        rows={3}
      />
      <Field {...bound(editor, "price")} label={price} hint={texts.priceHint} isOptional />
      <TextArea {...bound(editor, "place")} label={texts.place} hint={texts.placeHint} rows={2} />
    </Group>
  );
}

function People({ editor, catalog }: PartProps & { catalog: Catalog }) {
  const { form, faults, change } = editor;
  return (
    <Group title={texts.whoDoesIt}>
      {catalog.resources.length === 0 ? (
        <p>{texts.nobodyYet}</p>
      ) : (
        <Choices
          name="resources"
          legend={texts.whoDoesItHint}
          options={catalog.resources.map(({ table }) => ({ value: table.id, text: table.name }))}
          chosen={form.resources}
          error={faults.resources}
          onChange={(resources) => change({ resources })}
        />
      )}
    </Group>
  );
}

function Times({ editor, usual }: PartProps & { usual: number }) {
  return (
    <Group title={texts.timeOfService}>
      <div class="side-by-side">
        <MinutesField {...bound(editor, "duration")} label={texts.duration} />
        <Field
          {...bound(editor, "capacity")}
          label={texts.capacity}
          hint={texts.capacityHint}
          inputMode="numeric"
        />
        <MinutesField
          {...bound(editor, "buffer_before")}
          label={texts.bufferBefore}
          hint={texts.bufferHint}
        />
        <MinutesField
          {...bound(editor, "buffer_after")}
          label={texts.bufferAfter}
          hint={texts.bufferHint}
        />
      </div>
      <MinutesField
        {...bound(editor, "slot_interval")}
        label={texts.slotInterval}
        hint={texts.slotIntervalHint(usual)}
        isOptional
      />
    </Group>
  );
}

function Rules({ editor }: PartProps) {
  const { form, faults, change } = editor;
  return (
    <Group title={texts.rules}>
      <div class="side-by-side">
        <LengthField
          {...bound(editor, "minimum_notice")}
          label={texts.minimumNotice}
          hint={texts.minimumNoticeHint}
        />
        <Field
          {...bound(editor, "booking_window_days")}
          label={texts.bookingWindow}
          hint={texts.bookingWindowHint}
          inputMode="numeric"
          isOptional
        />
        <LengthField
          {...bound(editor, "move_notice")}
          label={texts.moveNotice}
          hint={texts.noticeHint}
        />
        <LengthField
          {...bound(editor, "cancel_notice")}
          label={texts.cancelNotice}
          hint={texts.noticeHint}
        />
      </div>
      <fieldset class="choices">
        <legend class="label">{texts.reminders}</legend>
        {[true, false].map((isUsual) => (
          <label key={String(isUsual)}>
            <input
              type="radio"
              name="own-reminders"
              checked={(form.reminders === null) === isUsual}
              onChange={() => change({ reminders: isUsual ? null : [] })}
            />
            {isUsual ? texts.remindersAsBusiness : texts.ownReminders}
          </label>
        ))}
        {form.reminders && (
          <Reminders
            value={form.reminders}
            faults={faults}
            onChange={(reminders) => change({ reminders })}
          />
        )}
      </fieldset>
    </Group>
  );
}
