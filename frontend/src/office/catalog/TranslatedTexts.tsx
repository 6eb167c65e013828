import { useId, useState } from "react";
import * as texts from "./texts";
import { directionOf, languageOf, nameOf, type Translations } from "./translations";
import type { Catalog } from "./wire";

/**
 * A text of the business: its key, its name in the form, and its words in the language of the
 * business.
 */
export interface OwnText {
  key: string;
  label: string;
  own: string;
  rows?: number;
}

interface TranslatedTextsProps {
  catalog: Catalog;
  title?: string;
  own: readonly OwnText[];
  value: Translations;
  faults: Record<string, string>;
  /** The path with which the faults of these texts begin. */
  path?: string;
  onChange(value: Translations): void;
}

/** The fields for texts in the other languages of the booking page. They are folded at first. */
export function TranslatedTexts(props: TranslatedTextsProps) {
  const { catalog, own, value, faults, path = "translations", onChange } = props;
  const [isOpened, setOpened] = useState(false);
  const isFaulty = Object.keys(faults).some((key) => `${key}.`.startsWith(`${path}.`));
  const isOpen = isOpened || isFaulty;
  const spoken = languageOf(catalog.business.table.language);
  const languages = catalog.languages.filter((each) => each !== spoken || value[each]);
  const written = Object.keys(value).filter((each) =>
    Object.values(value[each] ?? {}).some(Boolean),
  );
  const shown = own.filter(
    (each) =>
      each.key === "name" ||
      each.own.trim() !== "" ||
      written.some((one) => value[one]?.[each.key]),
  );
  const change = (language: string, key: string, text: string) =>
    onChange({ ...value, [language]: { ...value[language], [key]: text } });
  return (
    <details
      class="translations"
      open={isOpen}
      onToggle={(event) => setOpened(event.currentTarget.open)}
    >
      <summary>
        {props.title ? <bdi>{props.title}</bdi> : texts.inOtherLanguages}{" "}
        {written.length > 0 && <span class="quiet">{written.map(nameOf).join(", ")}</span>}
      </summary>
      {isOpen && <p class="hint">{texts.inOtherLanguagesHint(nameOf(spoken))}</p>}
      {isOpen &&
        languages.map((language) => (
          <fieldset class="choices" key={language}>
            <legend class="label">{nameOf(language)}</legend>
            {shown.map((each) => (
              <TranslatedText
                key={each.key}
                name={`${path}.${language}.${each.key}`}
                label={texts.inLanguage(each.label, nameOf(language))}
                language={language}
                own={each.own}
                rows={each.rows ?? 1}
                value={value[language]?.[each.key] ?? ""}
                error={faults[`${path}.${language}.${each.key}`]}
                onChange={(text) => change(language, each.key, text)}
              />
            ))}
            {faults[`${path}.${language}`] && (
              <p class="field-error">{faults[`${path}.${language}`]}</p>
            )}
          </fieldset>
        ))}
    </details>
  );
}

interface TranslatedTextProps {
  name: string;
  label: string;
  language: string;
  own: string;
  rows: number;
  value: string;
  error: string | undefined;
  onChange(text: string): void;
}

function TranslatedText(props: TranslatedTextProps) {
  const { name, label, language, own, rows, value, error, onChange } = props;
  const id = useId();
  const given = {
    id,
    name,
    lang: language,
    dir: directionOf(language) as "rtl" | "ltr",
    placeholder: own,
    value,
    "aria-invalid": error ? true : undefined,
    "aria-describedby": error ? `${id}-error` : undefined,
  };
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {rows > 1 ? (
        <textarea {...given} rows={rows} onInput={(event) => onChange(event.currentTarget.value)} />
      ) : (
        <input
          {...given}
          type="text"
          autocomplete="off"
          onInput={(event) => onChange(event.currentTarget.value)}
        />
      )}
      {error && (
        <p id={`${id}-error`} class="field-error">
          {error}
        </p>
      )}
    </div>
  );
}
