import { Field } from "../components/Field";
import { PictureField } from "../components/PictureField";
import { Select } from "../components/Select";
import { EditorForm, Group } from "./EditorForm";
import { Choices } from "./fields";
import type { Override, ResourceForm } from "./forms";
import { faultAt, HoursEditor, Spans } from "./HoursEditor";
import { zones } from "./known";
import { TranslatedTexts } from "./TranslatedTexts";
import * as texts from "./texts";
import { type Edited, type Editor, useEditor } from "./useEditor";
import { type Catalog, KINDS, type Kind, LETTERS, type ResourceTable } from "./wire";

interface ResourceFieldsProps {
  catalog: Catalog;
  edited: Edited<ResourceForm, ResourceTable>;
  onSaved(): void;
}

const LABELS: Partial<Record<keyof ResourceForm, string>> = {
  name: texts.name,
  kind: texts.kind,
  about: texts.aboutLine,
  picture: texts.picture,
  time_zone: texts.zone,
  email: texts.email,
  letters: texts.letters,
  hours: texts.weeklyHours,
  overrides: texts.overrides,
  translations: texts.inOtherLanguages,
};

/** The form for a person, a room or a thing. */
export function ResourceFields({ catalog, edited, onSaved }: ResourceFieldsProps) {
  const editor = useEditor(edited, catalog, onSaved);
  const { form, faults, change } = editor;
  return (
    <EditorForm editor={editor} labels={LABELS}>
      <Group title={texts.whoItIs}>
        <Field
          name="name"
          label={texts.name}
          hint={texts.resourceNameHint}
          value={form.name}
          error={faults.name}
          onChange={(name) => change({ name })}
        />
        <Select
          name="kind"
          label={texts.kind}
          value={form.kind}
          options={KINDS.map((kind) => ({ value: kind, text: texts.kinds[kind] }))}
          error={faults.kind}
          onChange={(kind) => change({ kind: kind as Kind })}
        />
        <Field
          name="about"
          label={texts.aboutLine}
          hint={texts.aboutLineHint}
          isOptional
          value={form.about}
          error={faults.about}
          onChange={(about) => change({ about })}
        />
        <PictureField
          name="picture"
          label={texts.picture}
          hint={texts.pictureHint}
          value={form.picture}
          error={faults.picture}
          onChange={(picture) => change({ picture })}
        />
      </Group>
      <Group title={texts.weeklyHours}>
        <p class="hint">{texts.weeklyHoursHint}</p>
        <HoursEditor week={form.hours} faults={faults} onChange={(hours) => change({ hours })} />
      </Group>
      <Group title={texts.overrides}>
        <p class="hint">{texts.overridesHint}</p>
        <Overrides
          value={form.overrides}
          faults={faults}
          onChange={(overrides) => change({ overrides })}
        />
      </Group>
      <Letters editor={editor} zone={catalog.business.table.time_zone} />
      <TranslatedTexts
        catalog={catalog}
        own={[
          { key: "name", label: texts.name, own: form.name },
          { key: "about", label: texts.aboutLine, own: form.about },
        ]}
        value={form.translations}
        faults={faults}
        onChange={(translations) => change({ translations })}
      />
    </EditorForm>
  );
}

function Letters({ editor, zone }: { editor: Editor<ResourceForm>; zone: string }) {
  const { form, faults, change } = editor;
  return (
    <Group title={texts.contact}>
      <Field
        name="email"
        type="email"
        label={texts.email}
        hint={texts.resourceEmailHint}
        isOptional
        value={form.email}
        error={faults.email}
        onChange={(email) => change({ email })}
      />
      {form.email.trim() !== "" && (
        <Choices
          name="letters"
          legend={texts.letters}
          options={LETTERS.map((each) => ({ value: each, text: texts.lettersOf[each] }))}
          chosen={form.letters}
          error={faults.letters}
          onChange={(letters) => change({ letters })}
        />
      )}
      <Select
        name="time_zone"
        label={texts.zone}
        hint={texts.zoneHint}
        value={form.time_zone}
        options={[{ value: "", text: texts.zoneOfBusiness(zone) }, ...zones(form.time_zone)]}
        error={faults.time_zone}
        onChange={(time_zone) => change({ time_zone })}
      />
    </Group>
  );
}

interface OverridesProps {
  value: readonly Override[];
  faults: Record<string, string>;
  onChange(value: Override[]): void;
}

/**
 * The editor for overrides, which are single days with hours of their own. Past ones are kept, but
 * not shown.
 */
function Overrides({ value, faults, onChange }: OverridesProps) {
  const today = new Intl.DateTimeFormat("en-CA").format(new Date());
  const set = (index: number, changed: Partial<Override>) =>
    onChange(value.map((each, at) => (at === index ? { ...each, ...changed } : each)));
  return (
    <div class="week">
      {value.map((override, index) =>
        override.day !== "" && override.day < today ? null : (
          // biome-ignore lint/suspicious/noArrayIndexKey: while it is typed the day is no key.
          <fieldset class="week-day" key={index} aria-label={override.day || texts.day}>
            <Field
              name={`overrides.${override.day}`}
              type="date"
              label={texts.day}
              value={override.day}
              onChange={(day) => set(index, { day })}
            />
            <Spans
              name={`overrides.${override.day}`}
              day={override.day || texts.day}
              spans={override.spans}
              error={override.day ? faultAt(faults, `overrides.${override.day}`) : undefined}
              onChange={(spans) => set(index, { spans })}
            />
            <button
              type="button"
              class="quiet-button danger"
              aria-label={texts.removeDay(override.day)}
              onClick={() => onChange(value.filter((_, at) => at !== index))}
            >
              {texts.remove}
            </button>
          </fieldset>
        ),
      )}
      <button
        type="button"
        class="secondary"
        onClick={() => onChange([...value, { day: "", spans: [] }])}
      >
        {texts.addOverride}
      </button>
    </div>
  );
}
