import { useEffect, useState } from "react";
import { Problem } from "../../api/problem";
import { forgetForm, type Kept, keepForm, keptForm } from "../catalog/keptForm";
import { isSame, merge } from "../catalog/merge";
import { useSubmit } from "../components/useSubmit";
import { useOfficeApi } from "../shell/office";
import { type LetterWords, type Part, type Words, wordsForForm, wordsToStore } from "./words";

/** What happened to the form without the user. */
export type News = { kind: "restored" } | { kind: "merged"; contested: Part[] } | null;

const nameOf = ({ kind, language }: LetterWords) => `/letters/${kind}/${language}`;
export const pathOf = ({ kind, language }: LetterWords) => `/letters/words/${kind}/${language}`;

/**
 * Edits the words of one letter in a form. What was typed is kept when the page is left. What
 * somebody else has saved meanwhile is merged into it.
 */
export function useWords(letter: LetterWords, onSaved: () => void) {
  const api = useOfficeApi();
  const [{ kept, restored }, setState] = useState(() => begin(letter));
  const [news, setNews] = useState<News>(restored ? { kind: "restored" } : null);
  const isDirty = !isSame(kept.base, kept.form);
  const set = (next: Kept<Words>) => {
    if (isSame(next.base, next.form)) forgetForm(nameOf(letter));
    else keepForm(nameOf(letter), next);
    setState({ kept: next, restored: false });
  };
  useEffect(() => {
    if (!isDirty) return;
    const warn = (event: BeforeUnloadEvent) => event.preventDefault();
    addEventListener("beforeunload", warn);
    return () => removeEventListener("beforeunload", warn);
  }, [isDirty]);

  const save = async () => {
    setNews(null);
    try {
      const wanted = { version: kept.version, ...wordsToStore(kept.form, letter.standard) };
      const now = await api.change<LetterWords>("PUT", pathOf(letter), wanted);
      set({ base: wordsForForm(now), form: wordsForForm(now), version: now.version });
      onSaved();
    } catch (error) {
      if (!(error instanceof Problem) || error.code !== "changed_meanwhile") throw error;
      const theirs = await api.get<LetterWords>(pathOf(letter));
      const { form, contested } = merge(kept.base, kept.form, wordsForForm(theirs));
      set({ base: wordsForForm(theirs), form, version: theirs.version });
      setNews({ kind: "merged", contested });
    }
  };
  return {
    form: kept.form,
    change: (part: Partial<Words>) => set({ ...kept, form: { ...kept.form, ...part } }),
    isDirty,
    news,
    giveUp: () => {
      setNews(null);
      set({ ...kept, form: kept.base });
    },
    sending: useSubmit(save),
  };
}

/** Begins a form: with what was kept of it, or else with the stored words. */
function begin(letter: LetterWords) {
  const kept = keptForm<Words>(nameOf(letter));
  if (kept) return { kept, restored: true };
  const base = wordsForForm(letter);
  return { kept: { base, form: base, version: letter.version }, restored: false };
}
