import { describe, expect, it } from "vitest";
import { faultsOfLines, newQuestion, readQuestions, writeQuestions } from "./questions";
import type { QuestionTable } from "./wire";

const HAIR: QuestionTable = {
  id: "hair",
  label: "How long is your hair?",
  kind: "choice",
  required: true,
  choices: ["Short", "Long"],
  translations: { de: { label: "Wie lang ist Ihr Haar?", choices: ["Kurz", "Lang"] } },
};

const ids = (...labels: string[]) =>
  writeQuestions(labels.map((label, at) => ({ ...newQuestion(`new-${at}`), label }))).map(
    ({ id }) => id,
  );

describe("questions", () => {
  it("that nobody has changed are written as they were read", () => {
    expect(writeQuestions(readQuestions([HAIR]))).toEqual([HAIR]);
  });

  it("have a choice in each line that is not empty", () => {
    const [form = newQuestion("")] = readQuestions([HAIR]);
    const [written] = writeQuestions([{ ...form, choices: " Short \n\nLong\nVery long\n" }]);
    expect(written?.choices).toEqual(["Short", "Long", "Very long"]);
  });

  it("that are no choice any more lose their choices, in other languages, too", () => {
    const [form = newQuestion("")] = readQuestions([HAIR]);
    const [written] = writeQuestions([{ ...form, kind: "text" }]);
    expect(written?.choices).toEqual([]);
    expect(written?.translations).toEqual({ de: { label: "Wie lang ist Ihr Haar?" } });
  });

  it("keep their id when their words are changed", () => {
    const [form = newQuestion("")] = readQuestions([HAIR]);
    expect(writeQuestions([{ ...form, label: "Hair?" }])[0]?.id).toBe("hair");
  });

  it("that are new get an id from their words, which no other has", () => {
    expect(ids("Do you have allergies?", "Größe in cm", "كيف؟", "كيف؟")).toEqual([
      "do-you-have-allergies",
      "groe-in-cm",
      "question",
      "question-2",
    ]);
    const [first] = ids("A question that is longer than an id may ever be");
    expect(first).toMatch(/^[a-z0-9-]{1,40}$/);
    const both = writeQuestions([...readQuestions([HAIR]), { ...newQuestion("x"), label: "Hair" }]);
    expect(both.map(({ id }) => id)).toEqual(["hair", "hair-2"]);
  });
});

it("a fault in a choice is shown where the choices are typed", () => {
  const found = {
    "questions.0.choices.1": "Too long",
    "questions.0.translations.de.choices.0": "Blank",
  };
  expect(faultsOfLines(found)).toEqual({
    "questions.0.choices": "Too long",
    "questions.0.translations.de.choices": "Blank",
  });
});
