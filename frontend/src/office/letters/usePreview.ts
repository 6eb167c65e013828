import { useEffect, useState } from "react";
import { Problem } from "../../api/problem";
import type { LetterPreviewOut as Preview } from "../api/types";
import { explain } from "../components/useSubmit";
import { useOfficeApi } from "../shell/office";
import { PARTS, type Words } from "./words";

/** Milliseconds before the server is asked, so that it isn't asked at every key. */
const PAUSE = 250;

export interface Shown {
  /** The latest letter. Wrong words are replaced by the standard words. */
  preview: Preview | null;
  /** What is wrong with the words, by part, or null if it isn't known. */
  faults: Record<string, string> | null;
  failure: string;
}

const NOTHING: Shown = { preview: null, faults: null, failure: "" };

/** Asks the server for the letter with these words, and again after each change of them. */
export function usePreview(path: string, { subject, opening, closing }: Words): Shown {
  const api = useOfficeApi();
  const [shown, setShown] = useState(NOTHING);
  useEffect(() => {
    let isCurrent = true;
    const write = (words: Words) => api.change<Preview>("POST", `${path}/preview`, words);
    const ask = async () => {
      const words = { subject, opening, closing };
      try {
        return { preview: await write(words), faults: {}, failure: "" };
      } catch (error) {
        if (!(error instanceof Problem)) throw error;
        const { fields, message } = explain(error);
        if (message) return { faults: null, failure: message };
        const usable = PARTS.filter((part) => !fields[part]).map((part) => [part, words[part]]);
        return { preview: await write(Object.fromEntries(usable)), faults: fields, failure: "" };
      }
    };
    const asking = setTimeout(() => {
      ask().then(
        (found) => isCurrent && setShown((before) => ({ ...before, ...found })),
        (error) => {
          if (!(error instanceof Problem)) throw error;
          if (isCurrent) setShown((before) => ({ ...before, failure: explain(error).message }));
        },
      );
    }, PAUSE);
    return () => {
      isCurrent = false;
      clearTimeout(asking);
    };
  }, [api, path, subject, opening, closing]);
  return shown;
}
