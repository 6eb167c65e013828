import { useState } from "react";
import { categoryNames } from "./categories";
import { EditorForm, Group } from "./EditorForm";
import { TranslatedTexts } from "./TranslatedTexts";
import * as texts from "./texts";
import { type Translations, writeTranslations } from "./translations";
import { useEditor } from "./useEditor";
import type { Catalog, CategoryTable } from "./wire";

/** The translations, by the name of the category. */
interface CategoriesForm {
  names: Record<string, Translations>;
}

/** The names of categories in other languages. The form is below the list of services. */
export function CategoryTexts({ catalog, onSaved }: { catalog: Catalog; onSaved(): void }) {
  const [isOpen, setOpen] = useState(false);
  if (categoryNames(catalog.services).length === 0) return null;
  if (isOpen) return <CategoriesEditor catalog={catalog} onSaved={onSaved} />;
  return (
    <p>
      <button type="button" class="secondary" onClick={() => setOpen(true)}>
        {texts.categoriesInOtherLanguages}
      </button>
    </p>
  );
}

function CategoriesEditor({ catalog, onSaved }: { catalog: Catalog; onSaved(): void }) {
  const names = categoryNames(catalog.services);
  const editor = useEditor<CategoriesForm, CategoryTable[]>(
    {
      path: "/categories",
      sentAs: "categories",
      find: (found) => found.categories,
      read: (tables) => ({
        names: Object.fromEntries(tables.map(({ name, translations }) => [name, translations])),
      }),
      write: (form) =>
        names.map((name) => ({ name, translations: writeTranslations(form.names[name] ?? {}) })),
    },
    catalog,
    onSaved,
  );
  const { form, faults, change } = editor;
  return (
    <EditorForm editor={editor} labels={{ names: texts.categoriesInOtherLanguages }}>
      <Group title={texts.categoriesInOtherLanguages}>
        {names.map((name, index) => (
          <TranslatedTexts
            key={name}
            catalog={catalog}
            title={name}
            own={[{ key: "name", label: texts.category, own: name }]}
            value={form.names[name] ?? {}}
            faults={faults}
            path={`${index}.translations`}
            onChange={(value) => change({ names: { ...form.names, [name]: value } })}
          />
        ))}
      </Group>
    </EditorForm>
  );
}
