import { useEffect, useRef, useState } from "react";
import { Problem } from "../../api/problem";
import { usePageServices } from "../pageServices";
import { useRepeatedly } from "./useRepeatedly";

interface Question<Answer> {
  /** Asks the server. Returns null when there is nothing to ask at the moment. */
  ask(): Promise<Answer> | null;
  receive(answer: Answer): void;
  fail(problem: Problem): void;
  every: number;
  /**
   * The longest random delay in milliseconds, for reasons that occur on all pages at the same
   * moment.
   */
  spread?: number;
}

/**
 * Asks the server whenever `reason` changes, and again at an interval. Returns a function that asks
 * immediately. Only the answer to the newest question counts, because an older one would overwrite
 * newer data.
 */
export function useQuestion<Answer>(question: Question<Answer>, reason: string): () => void {
  const { clock, random } = usePageServices().environment;
  const [round, setRound] = useState(0);
  const askAgain = () => setRound((count) => count + 1);
  useRepeatedly(question.every, askAgain);
  const latest = useRef(question);
  latest.current = question;
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new reason or round asks again, unread
  useEffect(() => {
    const question = latest.current;
    let isNewest = true;
    const ask = () =>
      question.ask()?.then(
        (answer) => {
          if (isNewest) question.receive(answer);
        },
        (error) => {
          if (!(error instanceof Problem)) throw error;
          if (isNewest) question.fail(error);
        },
      );
    const cancelTimer = clock.after((question.spread ?? 0) * random(), ask);
    return () => {
      isNewest = false;
      cancelTimer();
    };
  }, [clock, random, reason, round]);
  return askAgain;
}
