import type { LetterWordsOut as LetterWords, WordsOut as Words } from "../api/types";

export const PARTS = ["subject", "opening", "closing"] as const;
export type Part = (typeof PARTS)[number];
export type { LetterWords, Words };

/** What the fields show: the owner's words, and where there are none the standard ones. */
export const shown = ({ words, standard }: LetterWords): Words =>
  each((part) => words[part] || standard[part]);

/** What is stored of the fields: the standard words are stored as none, so that they stay those. */
export const stored = (form: Words, standard: Words): Words =>
  each((part) => (form[part] === standard[part] || !form[part].trim() ? "" : form[part]));

/** The text with a variable in place of what is selected, and where one goes on to write. */
export function insertVariable(text: string, start: number, end: number, name: string) {
  const inserted = `{{ ${name} }}`;
  return {
    text: text.slice(0, start) + inserted + text.slice(end),
    caret: start + inserted.length,
  };
}

const each = (of: (part: Part) => string): Words => ({
  subject: of("subject"),
  opening: of("opening"),
  closing: of("closing"),
});
