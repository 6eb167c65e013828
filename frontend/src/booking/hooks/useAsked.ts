import { useEffect, useState } from "react";
import { Problem } from "../../api/problem";
import { useParts } from "../pageServices";
import { useRepeatedly } from "./useRepeatedly";

interface Question<Answer> {
  /** Null when there is nothing to ask at the moment. */
  ask(): Promise<Answer> | null;
  receive(answer: Answer): void;
  fail(problem: Problem): void;
  every: number;
  /** Within so long of a reason, by chance: for reasons that all pages have in one moment. */
  spread?: number;
}

/**
 * Asks for each new reason and every so often; only the newest question may be answered.
 * What it returns asks again at once.
 */
export function useAsked<Answer>(question: Question<Answer>, reasons: unknown[]): () => void {
  const { clock, random } = useParts().environment;
  const [round, setRound] = useState(0);
  const askAgain = () => setRound((count) => count + 1);
  useRepeatedly(question.every, askAgain);
  useEffect(() => {
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
  }, [...reasons, round]);
  return askAgain;
}
