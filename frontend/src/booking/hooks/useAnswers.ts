import { useState } from "react";
import type { BrowserStorage } from "../../api/storage";
import type { Service } from "../../core/wire";
import { usePageServices } from "../pageServices";

/** A choice is found again in another language by its place. */
export interface TypedChoice {
  text: string;
  at: number;
  language: string;
}

/** What was typed, ticked or chosen so far, by the id of the question. */
export type TypedAnswers = Record<string, string | boolean | TypedChoice>;

/** What was filled in for one service. */
export interface AnswersDraft {
  typed: TypedAnswers;
  /** The terms that were accepted: others have to be accepted again. */
  accepted: string | null;
}

export const NO_ANSWERS: AnswersDraft = { typed: {}, accepted: null };

type Kept = Record<number, AnswersDraft>;

/** What was answered so far, by service. */
const readAll = (tabStorage: BrowserStorage) => tabStorage.read<Kept>("answers") ?? {};

export const keptAnswers = (tabStorage: BrowserStorage, { id }: Service) =>
  readAll(tabStorage)[id] ?? NO_ANSWERS;

/** What was answered so far. It survives everything but the end of the booking, as the details do. */
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
