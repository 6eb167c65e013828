import { useState } from "react";
import { CatalogView, Heading } from "../catalog/CatalogView";
import { EditorForm, Group } from "../catalog/EditorForm";
import * as catalogTexts from "../catalog/texts";
import { useEditor } from "../catalog/useEditor";
import type { BusinessTable, Catalog } from "../catalog/wire";
import { PictureField } from "../components/PictureField";
import { Select } from "../components/Select";
import { appearance as title } from "../shell/names";
import { AccentField } from "./AccentField";
import { Preview } from "./Preview";
import * as texts from "./texts";
import { useAppearance } from "./useAppearance";

const MAX_RADIUS = 24;
const LABELS = {
  accent: texts.accent,
  radius: texts.radius,
  font: texts.font,
  logo: texts.logo,
  picture: texts.picture,
};
/**
 * How the appearance is read and written. The table of the business has other keys, which another
 * page edits; they are sent back unchanged.
 */
const EDITED = {
  path: "/business",
  keptAs: "/appearance",
  find: (catalog: Catalog) => catalog.business,
  read: (table: BusinessTable) => table,
  write: (table: BusinessTable) => ({ ...table, accent: table.accent.trim() }),
};

/** The page about the appearance: a form, and the booking page beside it. */
export function AppearancePage() {
  const [isSaved, setSaved] = useState(false);
  return (
    <CatalogView title={title}>
      {({ catalog, reload }) => (
        <>
          <Heading>{title}</Heading>
          <p class="quiet">{texts.hint}</p>
          <p role="status">{isSaved && catalogTexts.saved}</p>
          <AppearanceEditor
            catalog={catalog}
            onSaved={() => {
              setSaved(true);
              reload();
            }}
          />
        </>
      )}
    </CatalogView>
  );
}

function AppearanceEditor({ catalog, onSaved }: { catalog: Catalog; onSaved(): void }) {
  const editor = useEditor<BusinessTable, BusinessTable>(EDITED, catalog, onSaved);
  const { form, faults, change } = editor;
  const shown = useAppearance({ ...form, accent: form.accent.trim() });
  return (
    <div class="appearance">
      <EditorForm editor={editor} labels={LABELS}>
        <Group title={texts.colour}>
          <AccentField
            name="accent"
            value={form.accent}
            adjustments={shown?.adjustments ?? []}
            error={faults.accent}
            onChange={(accent) => change({ accent })}
          />
          <div class="field">
            <label for="radius">{texts.radius}</label>
            <div class="corners">
              <input
                id="radius"
                name="radius"
                type="range"
                list={undefined}
                min={0}
                max={MAX_RADIUS}
                value={form.radius}
                aria-valuetext={texts.pixels(form.radius)}
                onInput={(event) => change({ radius: event.currentTarget.valueAsNumber })}
              />
              <output for="radius">{texts.pixels(form.radius)}</output>
            </div>
            {faults.radius && <p class="field-error">{faults.radius}</p>}
          </div>
          <Select
            name="font"
            label={texts.font}
            hint={texts.fontHint}
            value={form.font}
            options={Object.entries(texts.fonts).map(([value, text]) => ({ value, text }))}
            error={faults.font}
            onChange={(font) => change({ font: font as BusinessTable["font"] })}
          />
        </Group>
        <Group title={texts.pictures}>
          <PictureField
            name="logo"
            label={texts.logo}
            hint={texts.logoHint}
            value={form.logo}
            error={faults.logo}
            onChange={(logo) => change({ logo })}
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
      </EditorForm>
      <Preview
        look={{
          styleSheet: shown?.style_sheet,
          name: form.name,
          logo: form.logo,
          picture: form.picture,
        }}
      />
    </div>
  );
}
