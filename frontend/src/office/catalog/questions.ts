/** Converts questions into forms, in which choices are the lines of a text, and back. */

import { type Translations, writeTranslations } from "./translations";
import type { QuestionTable } from "./wire";

export type QuestionKind = QuestionTable["kind"];
export const QUESTION_KINDS: readonly QuestionKind[] = [
  "text",
  "long_text",
  "choice",
  "checkbox",
  "number",
];

export interface QuestionForm {
  /** Distinguishes the question from others while it is edited. */
  key: string;
  /** The id under which answers are sent. If it is "", the question gets one when it is saved. */
  id: string;
  label: string;
  kind: QuestionKind;
  required: boolean;
  /** The choices, one in each line. */
  choices: string;
  translations: Translations;
}

export const newQuestion = (key: string): QuestionForm => ({
  key,
  id: "",
  label: "",
  kind: "text",
  required: false,
  choices: "",
  translations: {},
});

const asLines = (texts: readonly string[]) => texts.join("\n");

const readLines = (text: string) =>
  text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");

export const readQuestions = (tables: readonly QuestionTable[]): QuestionForm[] =>
  tables.map((table) => ({
    ...table,
    key: table.id,
    choices: asLines(table.choices),
    translations: Object.fromEntries(
      Object.entries(table.translations).map(([language, texts]) => [
        language,
        { label: texts.label ?? "", choices: asLines(texts.choices ?? []) },
      ]),
    ),
  }));

export function writeQuestions(forms: readonly QuestionForm[]) {
  const taken = new Set(forms.map(({ id }) => id));
  return forms.map(({ id, label, kind, required, choices, translations }) => {
    const ownId = id || freeId(label, taken);
    taken.add(ownId);
    const isChoice = kind === "choice";
    return {
      id: ownId,
      label: label.trim(),
      kind,
      required,
      choices: isChoice ? readLines(choices) : [],
      translations: Object.fromEntries(
        Object.entries(writeTranslations(translations)).flatMap(([language, texts]) => {
          const { choices: lines, ...rest } = texts;
          const written = isChoice && lines ? { ...rest, choices: readLines(lines) } : rest;
          return Object.keys(written).length > 0 ? [[language, written]] : [];
        }),
      ),
    };
  });
}

const MAX_ID = 30;

/** Makes an id from the words of a question, which no other question has: "allergies-2". */
function freeId(label: string, taken: ReadonlySet<string>): string {
  const words = label
    .normalize("NFD")
    .toLowerCase()
    .replace(/[^a-z0-9\s]/g, "")
    .trim()
    .replace(/\s+/g, "-")
    .slice(0, MAX_ID)
    .replace(/-$/, "");
  const base = words || "question";
  for (let count = 1; ; count += 1) {
    const id = count === 1 ? base : `${base}-${count}`;
    if (!taken.has(id)) return id;
  }
}

/** Turns a fault in one choice into a fault of the field in which all choices are typed. */
export const faultsOfLines = (faults: Record<string, string>) =>
  Object.fromEntries(
    Object.entries(faults).map(([field, fault]) => [
      field.replace(/(\.choices)\.\d+$/, "$1"),
      fault,
    ]),
  );
