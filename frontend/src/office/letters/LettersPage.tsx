import { useState } from "react";
import { BASE } from "../../core/base";
import type {
  ChangedLettersOut as ChangedLetters,
  LetterOut as Letter,
  LettersOut as Letters,
} from "../api/types";
import { Select } from "../components/Select";
import { useLoaded } from "../components/useLoaded";
import { letters as title } from "../shell/names";
import * as officeTexts from "../texts";
import { AsText, Subject } from "./LetterParts";
import { TestLetter } from "./TestLetter";
import * as texts from "./texts";
import { WordsEditor } from "./WordsEditor";
import type { Part } from "./words";

const keyOf = ({ kind, recipient }: Letter) => `${kind} ${recipient}`;

const languageName = (tag: string) =>
  new Intl.DisplayNames([tag], { type: "language" }).of(tag) ?? tag;

/**
 * Returns the language whose words are used: de for de-AT, and English if there are no letters in
 * the language.
 */
function wordsLanguage({ language, languages }: Letters): string {
  const [base = ""] = language.toLowerCase().split("-");
  return languages.includes(base) ? base : "en";
}

const isChanged = (letter: Letter, shown: Letters, found: ChangedLetters | null) =>
  letter.recipient === "customer" &&
  (found?.changed ?? []).some(
    ({ kind, language }) => kind === letter.kind && language === wordsLanguage(shown),
  );

/** The page that shows the letters in each language, and on which their words are changed. */
export function LettersPage() {
  const [language, setLanguage] = useState("");
  const [chosen, setChosen] = useState("");
  const { answer, failure } = useLoaded<Letters>(
    language ? `/letters?language=${encodeURIComponent(language)}` : "/letters",
  );
  const ownWords = useLoaded<ChangedLetters>("/letters/words");
  const letter = answer?.letters.find((each) => keyOf(each) === chosen) ?? answer?.letters[0];
  return (
    <>
      <h1 tabIndex={-1}>{title}</h1>
      <p class="quiet">{texts.hint}</p>
      {failure && <p role="alert">{failure}</p>}
      {!answer && !failure && <p role="status">{officeTexts.loading}</p>}
      {ownWords.answer && <Unusable letters={ownWords.answer} />}
      {answer && letter && (
        <>
          <div class="side-by-side">
            <Select
              name="letter"
              label={texts.letter}
              value={keyOf(letter)}
              options={answer.letters.map((each) => ({
                value: keyOf(each),
                text: isChanged(each, answer, ownWords.answer)
                  ? texts.changed(texts.named(each.kind, each.recipient))
                  : texts.named(each.kind, each.recipient),
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
          {letter.recipient === "customer" ? (
            <WordsEditor
              kind={letter.kind}
              language={wordsLanguage(answer)}
              canBeSent={answer.can_be_sent}
              onSaved={ownWords.reload}
            />
          ) : (
            <Preview letter={letter} language={answer.language} canBeSent={answer.can_be_sent} />
          )}
        </>
      )}
    </>
  );
}

/**
 * Names letters whose stored words can't be used any more. The letters are still sent, but the
 * owner should know.
 */
function Unusable({ letters }: { letters: ChangedLetters }) {
  const broken = letters.changed.filter(({ faults }) => faults.length > 0);
  if (broken.length === 0) return null;
  return (
    <div class="news" role="alert">
      <p>{texts.unusable}</p>
      <ul>
        {broken.flatMap(({ kind, language, faults }) =>
          faults.map(({ field, detail }) => (
            <li key={`${kind} ${language} ${field}`}>
              {texts.faultOf(
                texts.named(kind, "customer"),
                languageName(language),
                texts.parts[field as Part],
                officeTexts.sentence(detail),
              )}
            </li>
          )),
        )}
      </ul>
    </div>
  );
}

interface PreviewProps {
  letter: Letter;
  language: string;
  canBeSent: boolean;
}

function Preview({ letter, language, canBeSent }: PreviewProps) {
  const { kind, recipient } = letter;
  const shown = { kind, recipient, language };
  return (
    <>
      <Subject>{letter.subject}</Subject>
      <TestLetter letter={canBeSent ? shown : null} />
      <iframe
        class="letter"
        sandbox=""
        title={texts.asPicture}
        src={`${BASE}/api/v1/admin/letters/html?${new URLSearchParams(shown)}`}
      />
      <AsText>{letter.text}</AsText>
    </>
  );
}
