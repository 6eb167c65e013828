/** Texts in other languages, by language, and then by the key of the text. */
export type Translations = Record<string, Record<string, string>>;

/** Returns the translations without empty texts. */
export function writeTranslations(typed: Translations): Translations {
  const found = Object.entries(typed).map(([language, texts]) => {
    const written = Object.entries(texts).map(([key, text]) => [key, text.trim()] as const);
    return [language, Object.fromEntries(written.filter(([, text]) => text !== ""))] as const;
  });
  return Object.fromEntries(found.filter(([, texts]) => Object.keys(texts).length > 0));
}

export const languageOf = (tag: string) => tag.split("-")[0]?.toLowerCase() ?? "";

/** "German" */
export const nameOf = (language: string) =>
  new Intl.DisplayNames(["en"], { type: "language" }).of(language) ?? language;

const RIGHT_TO_LEFT = ["ar"];

export const directionOf = (language: string) => (RIGHT_TO_LEFT.includes(language) ? "rtl" : "ltr");
