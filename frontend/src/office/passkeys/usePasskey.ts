import { useState } from "react";
import { Problem } from "../../api/problem";
import { explain } from "../components/useSubmit";
import { explainPasskey } from "./browser";

/**
 * Runs an action with a passkey, one run at a time, and says in words why the latest one failed.
 */
export function usePasskey(action: () => Promise<void>) {
  const [isRunning, setRunning] = useState(false);
  const [failure, setFailure] = useState("");
  const run = async () => {
    if (isRunning) return;
    setRunning(true);
    setFailure("");
    try {
      await action();
    } catch (error) {
      const why = explainPasskey(error);
      if (why === undefined && !(error instanceof Problem)) throw error;
      setFailure(why ?? explain(error as Problem).message);
    } finally {
      setRunning(false);
    }
  };
  return { isRunning, failure, run };
}
