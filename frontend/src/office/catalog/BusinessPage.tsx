import { useState } from "react";
import { Field } from "../components/Field";
import { Select } from "../components/Select";
import { CatalogView, Heading } from "./CatalogView";
import { EditorForm, Group } from "./EditorForm";
import { FileSection } from "./FileSection";
import { Choices, MinutesField, Reminders, TextArea } from "./fields";
import { type BusinessForm, readBusiness, writeBusiness } from "./forms";
import { currencies, zones } from "./known";
import { TranslatedTexts } from "./TranslatedTexts";
import * as texts from "./texts";
import { type Editor, useEditor } from "./useEditor";
import { type BusinessTable, type Catalog, LETTERS } from "./wire";

const LABELS: Partial<Record<keyof BusinessForm, string>> = {
  name: texts.name,
  time_zone: texts.zone,
  country: texts.country,
  currency: texts.currency,
  slot_interval: texts.slotInterval,
  email: texts.email,
  phone: texts.phone,
  place: texts.place,
  letters: texts.letters,
  reminders: texts.reminders,
  language: texts.language,
  terms: texts.terms,
  translations: texts.inOtherLanguages,
};

/** The page about the business, which also exports and imports the catalog as a file. */
export function BusinessPage() {
  const [isSaved, setSaved] = useState(false);
  return (
    <CatalogView title={texts.business}>
      {({ catalog, reload }) => (
        <>
          <Heading>{texts.business}</Heading>
          <p role="status">{isSaved && texts.saved}</p>
          <BusinessEditor
            catalog={catalog}
            onSaved={() => {
              setSaved(true);
              reload();
            }}
          />
          <FileSection catalog={catalog} onTaken={reload} />
        </>
      )}
    </CatalogView>
  );
}

const EDITED = {
  path: "/business",
  find: (catalog: Catalog) => catalog.business,
  read: readBusiness,
  write: writeBusiness,
};

function BusinessEditor({ catalog, onSaved }: { catalog: Catalog; onSaved(): void }) {
  const editor = useEditor<BusinessForm, BusinessTable>(EDITED, catalog, onSaved);
  const { form, faults, change } = editor;
  return (
    <EditorForm editor={editor} labels={LABELS}>
      <Group title={texts.business}>
        <Field
          name="name"
          label={texts.name}
          hint={texts.businessNameHint}
          value={form.name}
          error={faults.name}
          onChange={(name) => change({ name })}
        />
        <Select
          name="time_zone"
          label={texts.zone}
          hint={texts.zoneHint}
          value={form.time_zone}
          options={zones(form.time_zone)}
          error={faults.time_zone}
          onChange={(time_zone) => change({ time_zone })}
        />
        <div class="side-by-side">
          <Select
            name="currency"
            label={texts.currency}
            value={form.currency}
            options={currencies(form.currency)}
            error={faults.currency}
            onChange={(currency) => change({ currency })}
          />
          <Field
            name="country"
            label={texts.country}
            hint={texts.countryHint}
            isOptional
            maxLength={2}
            value={form.country}
            error={faults.country}
            onChange={(country) => change({ country: country.toUpperCase() })}
          />
        </div>
      </Group>
      <Contact editor={editor} languages={catalog.languages} />
      <Group title={texts.defaults}>
        <MinutesField
          name="slot_interval"
          label={texts.slotInterval}
          value={form.slot_interval}
          error={faults.slot_interval}
          onChange={(slot_interval) => change({ slot_interval })}
        />
        <fieldset class="choices">
          <legend class="label">{texts.reminders}</legend>
          <Reminders
            value={form.reminders}
            faults={faults}
            onChange={(reminders) => change({ reminders })}
          />
        </fieldset>
        <TextArea
          name="terms"
          label={texts.terms}
          hint={texts.businessTermsHint}
          rows={4}
          value={form.terms}
          error={faults.terms}
          onChange={(terms) => change({ terms })}
        />
      </Group>
      <TranslatedTexts
        catalog={catalog}
        own={[
          { key: "name", label: texts.name, own: form.name },
          { key: "place", label: texts.place, own: form.place, rows: 2 },
          { key: "terms", label: texts.terms, own: form.terms, rows: 4 },
        ]}
        value={form.translations}
        faults={faults}
        onChange={(translations) => change({ translations })}
      />
    </EditorForm>
  );
}

interface ContactProps {
  editor: Editor<BusinessForm>;
  languages: readonly string[];
}

function Contact({ editor, languages }: ContactProps) {
  const { form, faults, change } = editor;
  const tags = [...new Set([form.language, ...languages])];
  return (
    <Group title={texts.contact}>
      <Field
        name="email"
        type="email"
        label={texts.email}
        hint={texts.businessEmailHint}
        isOptional
        value={form.email}
        error={faults.email}
        onChange={(email) => change({ email })}
      />
      <Field
        name="phone"
        type="tel"
        label={texts.phone}
        hint={texts.businessPhoneHint}
        isOptional
        value={form.phone}
        error={faults.phone}
        onChange={(phone) => change({ phone })}
      />
      <TextArea
        name="place"
        label={texts.place}
        hint={texts.businessPlaceHint}
        rows={2}
        value={form.place}
        error={faults.place}
        onChange={(place) => change({ place })}
      />
      <Choices
        name="letters"
        legend={texts.letters}
        options={LETTERS.map((each) => ({ value: each, text: texts.lettersOf[each] }))}
        chosen={form.letters}
        error={faults.letters}
        onChange={(letters) => change({ letters })}
      />
      <Select
        name="language"
        label={texts.language}
        hint={texts.languageHint}
        value={form.language}
        options={tags.map((tag) => ({ value: tag, text: languageName(tag) }))}
        error={faults.language}
        onChange={(language) => change({ language })}
      />
    </Group>
  );
}

const languageName = (tag: string) =>
  new Intl.DisplayNames([tag], { type: "language" }).of(tag) ?? tag;
