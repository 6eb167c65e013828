import type { Problem } from "../api/problem";
import type { BrowserStorage } from "../api/storage";
import type { Answers, Business, Order, Question, Service } from "../core/wire";
import type { FieldFault } from "./customerFields";
import { type AnswersDraft, keptAnswers, type TypedAnswers } from "./hooks/useAnswers";
import { speaker } from "./texts";

/** The name that the server gives to the field of the terms. */
export const TERMS = "accepted_terms";

/** Returns the name that the server gives to the field of a question. */
export const fieldOf = ({ id }: Question) => `answers.${id}`;

const MAX_LENGTH = { text: 500, long_text: 5_000 };

export const maxLengthOf = ({ kind }: Question) =>
  kind === "text" || kind === "long_text" ? MAX_LENGTH[kind] : null;

/**
 * Counts the letters of a text as the server does: an emoji is one letter. The same function is in
 * `customerFields.ts`; this copy keeps the first page smaller.
 */
export const lengthOf = (text: string) => [...text].length;

export const isTicked = (question: Question, typed: TypedAnswers) => typed[question.id] === true;

export function textOf(question: Question, typed: TypedAnswers): string {
  const value = typed[question.id];
  return typeof value === "string" ? value : "";
}

/** Returns the choice that was made, in the present language, or "" if there is none. */
export function choiceOf(question: Question, typed: TypedAnswers, language: string): string {
  const value = typed[question.id];
  if (typeof value !== "object") return "";
  if (question.choices.includes(value.text)) return value.text;
  return (value.language !== language && question.choices[value.at]) || "";
}

/** Tells whether the business has removed the choice that was made. */
const isGone = (question: Question, typed: TypedAnswers, language: string) =>
  question.kind === "choice" &&
  typeof typed[question.id] === "object" &&
  choiceOf(question, typed, language) === "";

const ARABIC_DIGITS = "٠١٢٣٤٥٦٧٨٩";

/** Reads a number as people write it: "2,5", "٢٫٥". */
export function readNumber(text: string): number {
  const western = text
    .trim()
    .replace(/[٠-٩]/g, (digit) => String(ARABIC_DIGITS.indexOf(digit)))
    .replace(/[,٫]/, ".")
    .replace(/^[\u2212\u2013]/, "-");
  return /^[-+]?\d{1,15}(\.\d{1,15})?$/.test(western) ? Number(western) : Number.NaN;
}

/** Returns the answer as it is sent, or undefined if there is none. */
function answerTo(question: Question, typed: TypedAnswers, language: string) {
  if (question.kind === "checkbox") return isTicked(question, typed);
  if (question.kind === "choice") return choiceOf(question, typed, language) || undefined;
  const text = textOf(question, typed).trim();
  if (text === "") return undefined;
  return question.kind === "number" ? readNumber(text) : text;
}

/**
 * Returns what is sent for the questions and terms of a service. It is empty if the service asks
 * nothing.
 */
export function orderOf(service: Service, draft: AnswersDraft, language: string) {
  const answers: Answers = {};
  for (const question of service.questions ?? []) {
    const answer = answerTo(question, draft.typed, language);
    if (answer !== undefined) answers[question.id] = answer;
  }
  return {
    ...(service.questions?.length ? { answers } : {}),
    ...(service.terms ? { accepted_terms: true as const } : {}),
    ...(service.terms_version ? { terms_version: service.terms_version } : {}),
  };
}

/**
 * Returns the code of what is wrong with an answer, or null. These checks need no server; the
 * server checks more strictly, and decides.
 */
function faultIn(question: Question, typed: TypedAnswers, language: string): string | null {
  const answer = answerTo(question, typed, language);
  if (answer === undefined || answer === false) {
    if (!question.required) return null;
    return isGone(question, typed, language) ? "unknown_choice" : "required";
  }
  if (Number.isNaN(answer)) return "invalid";
  const most = maxLengthOf(question);
  return most !== null && lengthOf(String(answer)) > most ? "too_long" : null;
}

/** Returns what is wrong with the answers and the terms, in the order in which they are asked. */
export function faultsInAnswers(
  service: Service,
  { typed, accepted }: AnswersDraft,
  language: string,
): FieldFault[] {
  const faults = (service.questions ?? []).flatMap((question) => {
    const code = faultIn(question, typed, language);
    const text = sentText(answerTo(question, typed, language));
    return code === null ? [] : [{ field: fieldOf(question), code, text }];
  });
  const isAccepted = !service.terms || accepted === service.terms;
  return isAccepted ? faults : [...faults, { field: TERMS, code: "required", text: "" }];
}

/** Gives a service that has no terms of its own the terms of the business. */
export function addTerms(service: Service, business: Business): Service {
  const { terms, terms_version = null, languages } = business;
  if (service.terms || !terms) return service;
  const ofTerms = languages.terms ? { terms: languages.terms } : {};
  return { ...service, terms, terms_version, languages: { ...service.languages, ...ofTerms } };
}

/** Returns what the visitor has filled in for a service, and what is wrong with it. */
export function answersForForm(asked: Service, business: Business, tabStorage: BrowserStorage) {
  const service = addTerms(asked, business);
  const draft = keptAnswers(tabStorage, service);
  return {
    order: orderOf(service, draft, speaker.lang),
    faults: faultsInAnswers(service, draft, speaker.lang),
  };
}

/**
 * Returns what the server finds wrong with the answers and the terms. It may know questions that
 * the page doesn't know yet.
 */
export function refusedAnswers(problem: Problem, order: Order): FieldFault[] {
  return problem.errors.flatMap(({ field, code }) => {
    if (field === TERMS) return [{ field, code, text: "" }];
    const [, id] = /^answers\.(.+)/.exec(field) ?? [];
    if (!id || code === "unknown_question") return [];
    return [{ field, code, text: sentText(order.answers?.[id]) }];
  });
}

/** Returns an answer as the `text` of a fault: what the field contained when it was found wrong. */
const sentText = (answer: Answers[string] | undefined) => String(answer ?? "");

/**
 * Returns what is still wrong with an answer. An error disappears as soon as the answer may be
 * right.
 */
export function answerFaultNow(
  faults: readonly FieldFault[],
  question: Question,
  typed: TypedAnswers,
  language: string,
): string | null {
  const found = faults.find(({ field }) => field === fieldOf(question));
  if (!found) return null;
  if (isGone(question, typed, language)) return "unknown_choice";
  const isSame = sentText(answerTo(question, typed, language)) === found.text;
  return faultIn(question, typed, language) ?? (isSame ? found.code : null);
}
