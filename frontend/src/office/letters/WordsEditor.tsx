import { useState } from "react";
import * as catalogTexts from "../catalog/texts";
import { Field } from "../components/Field";
import { TextArea } from "../components/TextArea";
import { useLoaded } from "../components/useLoaded";
import * as officeTexts from "../texts";
import { LetterFrame } from "./LetterFrame";
import { AsText, Subject } from "./LetterParts";
import { TestLetter, type TestLetterProps } from "./TestLetter";
import * as texts from "./texts";
import { type Shown, usePreview } from "./usePreview";
import { type News, pathOf, useWords } from "./useWords";
import { Variables } from "./Variables";
import { type LetterWords, type Part, wordsToStore } from "./words";

interface WordsEditorProps {
  kind: string;
  language: string;
  canBeSent: boolean;
  onSaved(): void;
}

/** The editor for the words of one letter in one language, beside the letter itself. */
export function WordsEditor({ kind, language, ...rest }: WordsEditorProps) {
  const { answer, failure } = useLoaded<LetterWords>(`/letters/words/${kind}/${language}`);
  if (failure) return <p role="alert">{failure}</p>;
  if (!answer) return <p role="status">{officeTexts.loading}</p>;
  return <WordsForm key={`${answer.kind} ${answer.language}`} letter={answer} {...rest} />;
}

interface WordsFormProps {
  letter: LetterWords;
  canBeSent: boolean;
  onSaved(): void;
}

function WordsForm({ letter, canBeSent, onSaved }: WordsFormProps) {
  const [isSaved, setSaved] = useState(false);
  const [target, setTarget] = useState<Part>("opening");
  const editor = useWords(letter, () => {
    setSaved(true);
    onSaved();
  });
  const { form, sending } = editor;
  const words = wordsToStore(form, letter.standard);
  const shown = usePreview(pathOf(letter), words);
  const faults = shown.faults ?? sending.refusal.fields;
  const change = (part: Part) => (text: string) => {
    setSaved(false);
    editor.change({ [part]: text });
  };
  return (
    <div class="words">
      <form ref={sending.form} class="catalog-form" noValidate onSubmit={sending.submit}>
        <NewsOfForm news={editor.news} isSaved={isSaved && !editor.isDirty} />
        <fieldset
          class="group words-fields"
          onFocusIn={(event) => {
            const { name } = event.target as HTMLInputElement;
            if (name) setTarget(name as Part);
          }}
        >
          <legend>{texts.words}</legend>
          <Field
            name="subject"
            label={texts.subject}
            dir="auto"
            isOptional
            value={form.subject}
            error={faults.subject}
            onChange={change("subject")}
          />
          <TextArea
            name="opening"
            label={texts.opening}
            hint={texts.openingHint}
            isOptional
            rows={8}
            value={form.opening}
            error={faults.opening}
            onChange={change("opening")}
          />
          <TextArea
            name="closing"
            label={texts.closing}
            hint={texts.closingHint}
            isOptional
            rows={4}
            value={form.closing}
            error={faults.closing}
            onChange={change("closing")}
          />
        </fieldset>
        <Variables letter={letter} form={sending.form} target={target} onInsert={change(target)} />
        <div class="save-bar">
          <p class="form-error" role="alert">
            {sending.refusal.message}
          </p>
          <div class="buttons">
            <button type="submit" class="primary" disabled={sending.isSending}>
              {catalogTexts.save}
            </button>
            <button
              type="button"
              class="secondary"
              onClick={() => {
                setSaved(false);
                editor.change(letter.standard);
              }}
            >
              {texts.standard}
            </button>
            {editor.isDirty && (
              <>
                <button type="button" class="secondary" onClick={editor.giveUp}>
                  {catalogTexts.giveUp}
                </button>
                <span class="state">{catalogTexts.unsaved}</span>
              </>
            )}
          </div>
        </div>
      </form>
      <PreviewOfWords
        shown={shown}
        test={
          canBeSent
            ? { kind: letter.kind, recipient: "customer", language: letter.language, words }
            : null
        }
      />
    </div>
  );
}

/** Messages about what happened to the form without the user. */
function NewsOfForm({ news, isSaved }: { news: News; isSaved: boolean }) {
  const contested = news?.kind === "merged" ? news.contested : [];
  return (
    <div role="status">
      {isSaved && <p>{texts.saved}</p>}
      {news?.kind === "restored" && <p class="news">{catalogTexts.restored}</p>}
      {news?.kind === "merged" && (
        <p class="news">
          {catalogTexts.merged}{" "}
          {contested.length > 0 &&
            catalogTexts.contested(contested.map((part) => texts.parts[part]).join(", "))}
        </p>
      )}
    </div>
  );
}

interface PreviewOfWordsProps {
  shown: Shown;
  test: TestLetterProps["letter"];
}

function PreviewOfWords({ shown: { preview, faults, failure }, test }: PreviewOfWordsProps) {
  const isOld = Object.keys(faults ?? {}).length > 0 || failure !== "";
  return (
    <section class="words-preview" aria-labelledby="words-preview">
      <h2 id="words-preview">{texts.preview}</h2>
      <div role="status">{isOld && preview && <p class="news">{texts.old(failure)}</p>}</div>
      {preview && (
        <>
          <Subject>{preview.subject}</Subject>
          <LetterFrame title={texts.asPicture} html={preview.html} />
          <AsText>{preview.text}</AsText>
        </>
      )}
      <TestLetter letter={test} />
    </section>
  );
}
