import { useEffect, useRef, useState } from "react";
import { Problem } from "../../api/problem";
import { useOfficeApi } from "../shell/office";
import * as texts from "../texts";

const AT_ONCE = 50;
const MAX_AT_ONCE = 200;

interface Answer {
  next: string | null;
}

interface State<Part> {
  path: string;
  parts: Part[];
}

/**
 * Loads a list that the server sends page by page. The old list stays until the new one has come.
 * `path` has a query. `reload` asks again for as many entries as are shown.
 */
export function usePages<Part extends Answer>(path: string, countOf: (part: Part) => number) {
  const api = useOfficeApi();
  const [state, setState] = useState<State<Part> | null>(null);
  const [failure, setFailure] = useState("");
  const [count, setCount] = useState(0);
  const [isReading, setReading] = useState(false);
  const shown = useRef(AT_ONCE);
  const total = state?.parts.reduce((sum, part) => sum + countOf(part), 0) ?? 0;
  shown.current = state?.path === path ? total : AT_ONCE;
  const fail = (error: unknown) => {
    if (!(error instanceof Problem)) throw error;
    setFailure(texts.refused(error.code, error.message, error.retryAfter));
  };
  const failing = useRef(fail);
  failing.current = fail;

  useEffect(() => {
    let isCurrent = count >= 0;
    const limit = Math.min(MAX_AT_ONCE, Math.max(AT_ONCE, shown.current));
    api.get<Part>(`${path}&limit=${limit}`).then(
      (part) => {
        if (!isCurrent) return;
        setState({ path, parts: [part] });
        setFailure("");
      },
      (error) => isCurrent && failing.current(error),
    );
    return () => {
      isCurrent = false;
    };
  }, [api, path, count]);

  const next = state?.path === path ? (state.parts.at(-1)?.next ?? null) : null;
  const more = async () => {
    if (isReading || next === null) return;
    setReading(true);
    try {
      const part = await api.get<Part>(
        `${path}&limit=${AT_ONCE}&after=${encodeURIComponent(next)}`,
      );
      // If the list was reloaded or searched meanwhile, this answer is dropped.
      setState((now) => (now === state && now ? { path, parts: [...now.parts, part] } : now));
      setFailure("");
    } catch (error) {
      fail(error);
    } finally {
      setReading(false);
    }
  };
  return {
    parts: state?.parts ?? null,
    failure,
    hasMore: next !== null,
    isReading,
    more,
    reload: () => setCount((now) => now + 1),
  };
}
