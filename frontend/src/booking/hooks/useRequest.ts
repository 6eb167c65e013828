import { useState } from "react";
import { Problem } from "../../api/problem";
import { explainRefusal } from "../refusals";
import { waitFor } from "../signInRefusals";

/** Sends one request at a time, and says in words why the latest one failed. */
export function useRequest(explain = (code: string) => explainRefusal(code, "")) {
  const [isSending, setSending] = useState(false);
  const [failure, setFailure] = useState("");
  const run = async (request: () => Promise<void>) => {
    setSending(true);
    setFailure("");
    try {
      await request();
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      setFailure(
        error.status === 429 && error.retryAfter !== null
          ? waitFor(error.retryAfter)
          : explain(error.code),
      );
    }
    setSending(false);
  };
  return { isSending, failure, run };
}
