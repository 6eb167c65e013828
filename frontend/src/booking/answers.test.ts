import { describe, expect, it } from "vitest";
import { Problem } from "../api/problem";
import type { Question } from "../core/wire";
import { service } from "../testing/catalog";
import {
  answerFaultNow,
  choiceOf,
  faultsInAnswers,
  orderOf,
  readNumber,
  refusedAnswers,
  TERMS,
} from "./answers";
import { NO_ANSWERS, type TypedAnswers } from "./hooks/useAnswers";

const question = (change: Partial<Question>): Question => ({
  id: "q",
  label: "Question?",
  kind: "text",
  required: false,
  choices: [],
  ...change,
});

const serviceWithQuestions = (...questions: Question[]) => service({ questions });
const typedAnswers = (typed: TypedAnswers) => ({ ...NO_ANSWERS, typed });
const short = { text: "Short hair", at: 0, language: "en" };

describe("a number is understood as people write it", () => {
  it.each([
    ["3", 3],
    [" 2.5 ", 2.5],
    ["2,5", 2.5],
    ["٢٫٥", 2.5],
    ["-4", -4],
    ["", Number.NaN],
    ["1.000,5", Number.NaN],
    ["about 3", Number.NaN],
    ["1e5", Number.NaN],
  ])("%j", (text, value) => expect(readNumber(text)).toBe(value));
});

describe("without the server it is clear", () => {
  it.each([
    [{ required: true }, {}, "required"],
    [{ required: true }, { q: "  " }, "required"],
    [{}, {}, undefined],
    [{}, { q: "🎈".repeat(500) }, undefined],
    [{}, { q: "a".repeat(501) }, "too_long"],
    [{ kind: "long_text" }, { q: "a".repeat(5000) }, undefined],
    [{ kind: "long_text" }, { q: "a".repeat(5001) }, "too_long"],
    [{ kind: "checkbox", required: true }, { q: false }, "required"],
    [{ kind: "checkbox", required: true }, { q: true }, undefined],
    [{ kind: "checkbox" }, {}, undefined],
    [{ kind: "number" }, { q: "three" }, "invalid"],
    [{ kind: "number", required: true }, { q: "0" }, undefined],
    [{ kind: "choice", required: true, choices: ["Short hair"] }, { q: short }, undefined],
    [{ kind: "choice", required: true, choices: ["Long hair"] }, { q: short }, "unknown_choice"],
    [{ kind: "choice", choices: ["Long hair"] }, { q: short }, undefined],
    // A text that was typed before the business made the question a checkbox is not an answer.
    [{ kind: "checkbox", required: true }, { q: "yes" }, "required"],
    [{ required: true }, { q: true }, "required"],
  ] as const)("whether %j can be answered with %j", (change, typed, code) => {
    const asked = serviceWithQuestions(question(change as Partial<Question>));
    const faults = faultsInAnswers(asked, typedAnswers(typed as TypedAnswers), "en");
    expect(faults[0]?.code).toBe(code);
  });

  it("whether the terms that are shown were accepted", () => {
    const asked = service({ terms: "Be on time." });
    const codes = (accepted: string | null) =>
      faultsInAnswers(asked, { typed: {}, accepted }, "en").map(({ field }) => field);
    expect(codes(null)).toEqual([TERMS]);
    expect(codes("Come whenever you like.")).toEqual([TERMS]);
    expect(codes("Be on time.")).toEqual([]);
  });
});

describe("what is sent", () => {
  it("has every answer in its own kind, and nothing of what was left empty", () => {
    const asked = serviceWithQuestions(
      question({ id: "nuts", kind: "checkbox" }),
      question({ id: "age", kind: "number" }),
      question({ id: "note", kind: "long_text" }),
      question({ id: "hair", kind: "choice", choices: ["Short hair"] }),
      question({ id: "name" }),
    );
    const typed = { age: "7", note: " Two\nlines ", hair: short, gone: "of an earlier question" };
    expect(orderOf(asked, typedAnswers(typed), "en")).toEqual({
      answers: { nuts: false, age: 7, note: "Two\nlines", hair: "Short hair" },
    });
  });

  it("is nothing for a service that asks nothing", () => {
    expect(orderOf(service(), NO_ANSWERS, "en")).toEqual({});
    expect(orderOf(service({ questions: [], terms: null }), NO_ANSWERS, "en")).toEqual({});
  });

  it("says that the terms are accepted", () => {
    const asked = service({ terms: "Be on time." });
    const draft = { typed: {}, accepted: "Be on time." };
    expect(orderOf(asked, draft, "en")).toEqual({ accepted_terms: true });
    const marked = service({ terms: "Be on time.", terms_version: "a1" });
    expect(orderOf(marked, draft, "en")).toEqual({ accepted_terms: true, terms_version: "a1" });
  });
});

describe("a choice", () => {
  const german = question({ kind: "choice", choices: ["Kurze Haare", "Lange Haare"] });
  it("is the same one in another language", () => {
    expect(choiceOf(german, { q: short }, "de")).toBe("Kurze Haare");
  });
  it("is made again where the business has changed it meanwhile", () => {
    expect(choiceOf(german, { q: short }, "en")).toBe("");
  });
});

describe("a fault that was shown", () => {
  const age = question({ kind: "number" });
  const found = [{ field: "answers.q", code: "too_high", text: "900" }];
  it("says of a choice that is gone that it is", () => {
    const hair = question({ kind: "choice", choices: ["Long hair"] });
    const gone = [{ field: "answers.q", code: "unknown_choice", text: "Short hair" }];
    expect(answerFaultNow(gone, hair, { q: short }, "en")).toBe("unknown_choice");
    expect(answerFaultNow(gone, hair, { q: "" }, "en")).toBeNull();
    expect(answerFaultNow([], hair, { q: short }, "en")).toBeNull();
  });
  it("may be about what the page didn't know of", () => {
    const errors = [
      { field: "answers.new", code: "required" },
      { field: "answers.old", code: "unknown_question" },
      { field: TERMS, code: "terms_changed" },
      { field: "customer.name", code: "required" },
    ];
    const order = { customer: { name: "", email: "" }, answers: { old: "x" } };
    expect(refusedAnswers(new Problem(422, { errors }), order)).toEqual([
      { field: "answers.new", code: "required", text: "" },
      { field: TERMS, code: "terms_changed", text: "" },
    ]);
  });
  it("is gone as soon as the answer may be right, and back when it can't be", () => {
    expect(answerFaultNow(found, age, { q: "900" }, "en")).toBe("too_high");
    expect(answerFaultNow(found, age, { q: "90" }, "en")).toBeNull();
    expect(answerFaultNow(found, age, { q: "old" }, "en")).toBe("invalid");
    expect(answerFaultNow([], age, { q: "old" }, "en")).toBeNull();
  });
});
