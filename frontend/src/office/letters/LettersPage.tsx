import { useState } from "react";
import { BASE } from "../../core/base";
import type { LetterOut as Letter, LettersOut as Letters } from "../api/types";
import { Select } from "../components/Select";
import { useAction } from "../components/useAction";
import { useLoaded } from "../components/useLoaded";
import { letters as title } from "../shell/names";
import { useOfficeApi } from "../shell/office";
import * as officeTexts from "../texts";
import * as texts from "./texts";

const keyOf = ({ kind, recipient }: Letter) => `${kind} ${recipient}`;

const languageName = (tag: string) =>
  new Intl.DisplayNames([tag], { type: "language" }).of(tag) ?? tag;

/** What letters look like, in each language. */
export function LettersPage() {
  const [language, setLanguage] = useState("");
  const [chosen, setChosen] = useState("");
  const { answer, failure } = useLoaded<Letters>(
    language ? `/letters?language=${encodeURIComponent(language)}` : "/letters",
  );
  const letter = answer?.letters.find((each) => keyOf(each) === chosen) ?? answer?.letters[0];
  return (
    <>
      <h1 tabIndex={-1}>{title}</h1>
      <p class="quiet">{texts.hint}</p>
      {failure && <p role="alert">{failure}</p>}
      {!answer && !failure && <p role="status">{officeTexts.loading}</p>}
      {answer && letter && (
        <>
          <div class="side-by-side">
            <Select
              name="letter"
              label={texts.letter}
              value={keyOf(letter)}
              options={answer.letters.map((each) => ({
                value: keyOf(each),
                text: texts.named(each.kind, each.recipient),
              }))}
              onChange={setChosen}
            />
            <Select
              name="language"
              label={texts.language}
              value={language || answer.language}
              options={[...new Set([answer.language, ...answer.languages])].map((tag) => ({
                value: tag,
                text: languageName(tag),
              }))}
              onChange={setLanguage}
            />
          </div>
          <Preview letter={letter} language={answer.language} canBeSent={answer.can_be_sent} />
        </>
      )}
    </>
  );
}

interface PreviewProps {
  letter: Letter;
  language: string;
  canBeSent: boolean;
}

function Preview({ letter, language, canBeSent }: PreviewProps) {
  const api = useOfficeApi();
  const [sentTo, setSentTo] = useState("");
  const { kind, recipient } = letter;
  const sending = useAction(async () => {
    setSentTo("");
    const wanted = { kind, recipient, language };
    setSentTo((await api.change<{ to: string }>("POST", "/letters/test", wanted)).to);
  });
  const query = new URLSearchParams({ kind, recipient, language });
  return (
    <>
      <p class="row-text">
        <span class="quiet">{texts.subject}</span>
        <strong>
          <bdi>{letter.subject}</bdi>
        </strong>
      </p>
      {canBeSent ? (
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
      ) : (
        <p class="news">{texts.cannotSend}</p>
      )}
      {sending.failure && <p role="alert">{sending.failure}</p>}
      <iframe
        class="letter"
        sandbox=""
        title={texts.asPicture}
        src={`${BASE}/api/v1/admin/letters/html?${query}`}
      />
      <details>
        <summary>{texts.asText}</summary>
        <pre class="letter-text" dir="auto">
          {letter.text}
        </pre>
      </details>
    </>
  );
}
