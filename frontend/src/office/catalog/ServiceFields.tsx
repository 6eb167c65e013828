import { Field } from "../components/Field";
import { PictureField } from "../components/PictureField";
import { Select } from "../components/Select";
import type { Length } from "./amounts";
import { categoryNames } from "./categories";
import { EditorForm, Group } from "./EditorForm";
import { Choices, LengthField, MinutesField, Reminders, TextArea } from "./fields";
import { PRICE_KINDS, type PriceKind, type ServiceForm } from "./forms";
import { QuestionsEditor } from "./QuestionsEditor";
import { TranslatedTexts } from "./TranslatedTexts";
import * as texts from "./texts";
import { type Edited, type Editor, useEditor } from "./useEditor";
import { type Catalog, PLACE_KINDS, type PlaceKind, type ServiceTable } from "./wire";

interface ServiceFieldsProps {
  catalog: Catalog;
  edited: Edited<ServiceForm, ServiceTable>;
  onSaved(): void;
}

const LABELS: Partial<Record<keyof ServiceForm, string>> = {
  name: texts.name,
  description: texts.description,
  category: texts.category,
  picture: texts.picture,
  price_kind: texts.priceKind,
  duration: texts.duration,
  resources: texts.whoDoesIt,
  place_kind: texts.placeKind,
  place: texts.place,
  capacity: texts.capacity,
  buffer_before: texts.bufferBefore,
  buffer_after: texts.bufferAfter,
  slot_interval: texts.slotInterval,
  minimum_notice: texts.minimumNotice,
  booking_window_days: texts.bookingWindow,
  move_notice: texts.moveNotice,
  cancel_notice: texts.cancelNotice,
  approve_within: texts.approveWithin,
  reminders: texts.reminders,
  questions: texts.questions,
  terms: texts.terms,
  translations: texts.inOtherLanguages,
};

/** The form for a service. */
export function ServiceFields({ catalog, edited, onSaved }: ServiceFieldsProps) {
  const editor = useEditor(edited, catalog, onSaved);
  const price = texts.priceIn(catalog.business.table.currency);
  return (
    <EditorForm editor={editor} labels={{ ...LABELS, price }}>
      <About editor={editor} categories={categoryNames(catalog.services)} />
      <Costs editor={editor} price={price} />
      <People editor={editor} catalog={catalog} />
      <Times editor={editor} usual={catalog.business.table.slot_interval} />
      <Rules editor={editor} />
      <Asked editor={editor} catalog={catalog} />
      <TranslatedTexts
        catalog={catalog}
        own={[
          { key: "name", label: texts.name, own: editor.form.name },
          { key: "description", label: texts.description, own: editor.form.description, rows: 3 },
          { key: "place", label: texts.place, own: editor.form.place, rows: 2 },
          { key: "terms", label: texts.terms, own: editor.form.terms, rows: 4 },
        ]}
        value={editor.form.translations}
        faults={editor.faults}
        onChange={(translations) => editor.change({ translations })}
      />
    </EditorForm>
  );
}

interface PartProps {
  editor: Editor<ServiceForm>;
}

/** Returns the properties that all text fields have. */
const bound = <Key extends keyof ServiceForm & string>(
  { form, faults, change }: Editor<ServiceForm>,
  name: Key,
) => ({
  name,
  value: form[name],
  error: faults[name],
  onChange: (value: ServiceForm[Key]) => change({ [name]: value } as Partial<ServiceForm>),
});

function About({ editor, categories }: PartProps & { categories: string[] }) {
  return (
    <Group title={texts.about}>
      <Field {...bound(editor, "name")} label={texts.name} hint={texts.serviceNameHint} />
      <TextArea
        {...bound(editor, "description")}
        label={texts.description}
        hint={texts.descriptionHint}
        rows={3}
      />
      <Field
        {...bound(editor, "category")}
        label={texts.category}
        hint={texts.categoryHint}
        suggestions={categories}
        isOptional
      />
      <PictureField {...bound(editor, "picture")} label={texts.picture} hint={texts.pictureHint} />
    </Group>
  );
}

const PRICES = PRICE_KINDS.map((kind) => ({ value: kind, text: texts.priceKinds[kind] }));
const PLACES = PLACE_KINDS.map((kind) => ({ value: kind, text: texts.placeKinds[kind] }));

function Costs({ editor, price }: PartProps & { price: string }) {
  const { price_kind, place_kind } = editor.form;
  return (
    <Group title={texts.costsAndPlace}>
      <div class="side-by-side">
        <Select
          {...bound(editor, "price_kind")}
          label={texts.priceKind}
          options={PRICES}
          error={editor.faults.price_from ?? editor.faults.price_on_request}
          onChange={(kind) => editor.change({ price_kind: kind as PriceKind })}
        />
        {(price_kind === "exact" || price_kind === "from") && (
          <Field
            {...bound(editor, "price")}
            label={price}
            hint={price_kind === "exact" ? texts.priceHint : texts.priceFromHint}
            isOptional={price_kind === "exact"}
          />
        )}
      </div>
      <Select
        {...bound(editor, "place_kind")}
        label={texts.placeKind}
        options={PLACES}
        onChange={(kind) => editor.change({ place_kind: kind as PlaceKind })}
      />
      <TextArea
        {...bound(editor, "place")}
        label={texts.place}
        hint={texts.placeHints[place_kind]}
        rows={2}
      />
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
      <Approval editor={editor} />
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

function Asked({ editor, catalog }: PartProps & { catalog: Catalog }) {
  const { form, faults, change } = editor;
  return (
    <Group title={texts.questions}>
      <p class="hint">{texts.questionsHint}</p>
      <QuestionsEditor
        catalog={catalog}
        value={form.questions}
        faults={faults}
        onChange={(questions) => change({ questions })}
      />
      <TextArea {...bound(editor, "terms")} label={texts.terms} hint={texts.termsHint} rows={4} />
    </Group>
  );
}

const A_DAY: Length = { amount: "1", unit: 1440 };

function Approval({ editor: { form, faults, change } }: PartProps) {
  return (
    <fieldset class="choices">
      <legend class="label">{texts.needsApproval}</legend>
      {[false, true].map((isNeeded) => (
        <label key={String(isNeeded)}>
          <input
            type="radio"
            name="needs-approval"
            checked={(form.approve_within !== null) === isNeeded}
            onChange={() => change({ approve_within: isNeeded ? A_DAY : null })}
          />
          {isNeeded ? texts.approvedByUs : texts.bookedAtOnce}
        </label>
      ))}
      {form.approve_within && (
        <LengthField
          name="approve_within"
          label={texts.approveWithin}
          hint={texts.approveWithinHint}
          value={form.approve_within}
          error={faults.approve_within}
          onChange={(approve_within) => change({ approve_within })}
        />
      )}
    </fieldset>
  );
}
