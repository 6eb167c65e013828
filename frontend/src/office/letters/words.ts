import type { LetterWordsOut as LetterWords, WordsOut as Words } from "../api/types";

export const PARTS = ["subject", "opening", "closing"] as const;
export type Part = (typeof PARTS)[number];
export type { LetterWords, Words };

/**
 * Returns the texts of the fields: the owner's words, or the standard words where there are none.
 */
export const wordsForForm = ({ words, standard }: LetterWords): Words =>
  each((part) => words[part] || standard[part]);

/**
 * Returns the words to store. Standard words are stored as "", so that they follow later changes of
 * the standard.
 */
export const wordsToStore = (form: Words, standard: Words): Words =>
  each((part) => (form[part] === standard[part] || !form[part].trim() ? "" : form[part]));

/**
 * Inserts a variable in place of the selected text. `caret` is where the cursor goes afterwards.
 */
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
