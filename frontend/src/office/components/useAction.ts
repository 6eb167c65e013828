import { useState } from "react";
import { Problem } from "../../api/problem";
import { explain } from "./useSubmit";

/** Runs the action of a button, one run at a time, and says in words why the latest one failed. */
export function useAction<Arguments extends unknown[]>(
  action: (...given: Arguments) => Promise<void>,
) {
  const [isRunning, setRunning] = useState(false);
  const [failure, setFailure] = useState("");
  const run = async (...given: Arguments) => {
    if (isRunning) return;
    setRunning(true);
    setFailure("");
    try {
      await action(...given);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      const { message, fields } = explain(error);
      setFailure(message || Object.values(fields).join(" "));
    } finally {
      setRunning(false);
    }
  };
  return { isRunning, failure, run };
}
