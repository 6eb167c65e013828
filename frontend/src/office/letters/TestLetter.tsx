import { useState } from "react";
import { useAction } from "../components/useAction";
import { useOfficeApi } from "../shell/office";
import * as texts from "./texts";

export interface TestLetterProps {
  /** The letter that can be sent as a test, or null if there is no mail server. */
  letter: { kind: string; recipient: string; language: string; words?: object } | null;
}

/** A button that sends the letter to the signed-in user. */
export function TestLetter({ letter }: TestLetterProps) {
  const api = useOfficeApi();
  const [sentTo, setSentTo] = useState("");
  const sending = useAction(async () => {
    setSentTo("");
    setSentTo((await api.change<{ to: string }>("POST", "/letters/test", letter)).to);
  });
  if (!letter) return <p class="news">{texts.cannotSend}</p>;
  return (
    <>
      <div class="buttons">
        <button
          type="button"
          class="secondary"
          disabled={sending.isRunning}
          onClick={() => sending.run()}
        >
          {texts.sendTest}
        </button>
        <span role="status">{sentTo && texts.sentTo(sentTo)}</span>
      </div>
      {sending.failure && <p role="alert">{sending.failure}</p>}
    </>
  );
}
