import { useState } from "react";
import type { BrowserStorage } from "../../api/storage";
import type { Service } from "../../core/wire";
import { usePageServices } from "../pageServices";

/** A choice that was made. In another language it is found again by its place in the list. */
export interface TypedChoice {
  text: string;
  at: number;
  language: string;
}

/** The answers so far, typed, ticked or chosen, by the id of the question. */
export type TypedAnswers = Record<string, string | boolean | TypedChoice>;

/** What the visitor has filled in for one service. */
export interface AnswersDraft {
  typed: TypedAnswers;
  /** The text of the terms that were accepted. If the text changes, it has to be accepted again. */
  accepted: string | null;
}

export const NO_ANSWERS: AnswersDraft = { typed: {}, accepted: null };

type Kept = Record<number, AnswersDraft>;

/** Reads the answers so far of all services, by the id of the service. */
const readAll = (tabStorage: BrowserStorage) => tabStorage.read<Kept>("answers") ?? {};

export const keptAnswers = (tabStorage: BrowserStorage, { id }: Service) =>
  readAll(tabStorage)[id] ?? NO_ANSWERS;

/**
 * Returns the answers so far, and a function that changes them. Like the customer's details they
 * are kept until the booking is made.
 */
export function useAnswers({ id }: Service): [AnswersDraft, (change: AnswersDraft) => void] {
  const { tabStorage } = usePageServices();
  const [kept, setKept] = useState(() => readAll(tabStorage));
  const change = (changed: AnswersDraft) => {
    const next = { ...kept, [id]: changed };
    tabStorage.write("answers", next);
    setKept(next);
  };
  return [kept[id] ?? NO_ANSWERS, change];
}
