import { useEffect, useState } from "react";
import { Problem } from "../../api/problem";
import { useOfficeApi } from "../shell/office";
import * as texts from "../texts";

/**
 * Loads what a page shows. The answer is null until it has come. `reload` asks again, and keeps the
 * old answer meanwhile.
 */
export function useLoaded<Answer>(path: string) {
  const api = useOfficeApi();
  const [answer, setAnswer] = useState<Answer | null>(null);
  const [failure, setFailure] = useState("");
  const [count, setCount] = useState(0);
  useEffect(() => {
    let isCurrent = count >= 0;
    api.get<Answer>(path).then(
      (found) => {
        if (!isCurrent) return;
        setAnswer(found);
        setFailure("");
      },
      (error) => {
        if (!(error instanceof Problem)) throw error;
        if (isCurrent) setFailure(texts.refused(error.code, error.message, error.retryAfter));
      },
    );
    return () => {
      isCurrent = false;
    };
  }, [api, path, count]);
  return { answer, failure, reload: () => setCount(count + 1) };
}
