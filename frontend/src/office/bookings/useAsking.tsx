import { useCallback, useState } from "react";
import { RulesDialog } from "../calendar/Dialog";
import { rules as sentences } from "../calendar/texts";
import type { Rule } from "../calendar/wire";

interface Question {
  rules: readonly Rule[];
  answer(isAgreed: boolean): void;
}

/** Asks whether to break rules of the business: `question` is shown while it waits for an answer. */
export function useAsking() {
  const [question, setQuestion] = useState<Question | null>(null);
  const ask = useCallback(
    (rules: readonly Rule[]) =>
      new Promise<boolean>((resolve) => {
        setQuestion({
          rules,
          answer(isAgreed) {
            setQuestion(null);
            resolve(isAgreed);
          },
        });
      }),
    [],
  );
  return {
    ask,
    question: question && (
      <RulesDialog
        rules={question.rules.map((rule) => sentences[rule] ?? rule)}
        onAnswer={question.answer}
      />
    ),
  };
}
