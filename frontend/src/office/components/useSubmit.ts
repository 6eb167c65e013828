import type { TargetedSubmitEvent } from "preact";
import { useRef, useState } from "react";
import { Problem } from "../../api/problem";
import * as texts from "../texts";

/** The reasons why a form was refused: by field, and as a whole. */
export interface Refusal {
  fields: Record<string, string>;
  message: string;
  code: string;
}

const NO_REFUSAL: Refusal = { fields: {}, message: "", code: "" };

/** Returns the reasons of a refusal in words. */
export function explain(problem: Problem): Refusal {
  const fields: Record<string, string> = {};
  for (const { field, code, detail } of problem.errors) {
    fields[field] ??= detail ? texts.sentence(detail) : texts.fieldFault(code, problem.message);
  }
  const isAtFields = Object.keys(fields).length > 0;
  return {
    fields,
    message: isAtFields ? "" : texts.refused(problem.code, problem.message, problem.retryAfter),
    code: problem.code,
  };
}

/** Sends a form, one request at a time, and focuses the first field that is wrong. */
export function useSubmit(action: () => Promise<void>) {
  const form = useRef<HTMLFormElement>(null);
  const [isSending, setSending] = useState(false);
  const [refusal, setRefusal] = useState<Refusal>(NO_REFUSAL);
  const submit = async (event?: TargetedSubmitEvent<HTMLFormElement>) => {
    event?.preventDefault();
    if (isSending) return;
    setSending(true);
    setRefusal(NO_REFUSAL);
    try {
      await action();
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      const why = explain(error);
      setRefusal(why);
      const [wrong] = Object.keys(why.fields);
      if (wrong) form.current?.querySelector<HTMLElement>(`[name="${wrong}"]`)?.focus();
    } finally {
      setSending(false);
    }
  };
  return { form, isSending, refusal, submit };
}
