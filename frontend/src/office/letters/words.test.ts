import { describe, expect, it } from "vitest";
import { insertVariable, type LetterWords, wordsForForm, wordsToStore } from "./words";

const STANDARD = { subject: "Booked", opening: "Hello", closing: "Bye" };
const LETTER: LetterWords = {
  kind: "confirmed",
  language: "en",
  version: "1",
  words: { subject: "", opening: "Dear {{ customer_name }}", closing: "" },
  standard: STANDARD,
  variables: [],
  faults: [],
};

describe("the words of a letter", () => {
  it("shows the standard words where the owner has none", () => {
    expect(wordsForForm(LETTER)).toEqual({ ...STANDARD, opening: "Dear {{ customer_name }}" });
  });

  it("stores nothing where the standard words stand, or nothing", () => {
    expect(wordsToStore(wordsForForm(LETTER), STANDARD)).toEqual(LETTER.words);
    expect(wordsToStore({ subject: " ", opening: "Hello", closing: "Bye!" }, STANDARD)).toEqual({
      subject: "",
      opening: "",
      closing: "Bye!",
    });
  });

  it("puts a variable in place of what is selected", () => {
    expect(insertVariable("Hello you, hi", 6, 9, "customer_name")).toEqual({
      text: "Hello {{ customer_name }}, hi",
      caret: 25,
    });
  });
});
