import { useLayoutEffect, useRef } from "react";
import { Field } from "../components/Field";
import { Select } from "../components/Select";
import { TextArea } from "../components/TextArea";
import { MoveButtons, moveElement } from "./ordering";
import {
  faultsOfLines,
  newQuestion,
  QUESTION_KINDS,
  type QuestionForm,
  type QuestionKind,
} from "./questions";
import { TranslatedTexts } from "./TranslatedTexts";
import * as texts from "./texts";
import type { Catalog } from "./wire";

const MAX_QUESTIONS = 20;
const KINDS = QUESTION_KINDS.map((kind) => ({ value: kind, text: texts.questionKinds[kind] }));

interface QuestionsEditorProps {
  catalog: Catalog;
  value: readonly QuestionForm[];
  faults: Record<string, string>;
  onChange(value: QuestionForm[]): void;
}

/** The editor for the questions that customers are asked before they book, in their order. */
export function QuestionsEditor({ catalog, value, onChange, ...rest }: QuestionsEditorProps) {
  const faults = faultsOfLines(rest.faults);
  const next = useRef("");
  const order = value.map(({ key }) => key).join(" ");
  // Adding, moving or removing a question decides which element gets the focus afterwards.
  useLayoutEffect(() => {
    if (next.current && order !== undefined) {
      document.querySelector<HTMLElement>(next.current)?.focus();
    }
    next.current = "";
  }, [order]);
  const set = (questions: QuestionForm[], focused: string) => {
    next.current = focused;
    onChange(questions);
  };
  const add = () =>
    set(
      [...value, newQuestion(`new-${crypto.randomUUID()}`)],
      `[name="questions.${value.length}.label"]`,
    );
  return (
    <div class="asked">
      {value.length === 0 && <p class="quiet">{texts.noQuestions}</p>}
      {value.map((question, index) => (
        <fieldset class="asked-question" key={question.key}>
          <legend class="label">{texts.questionNumber(index + 1)}</legend>
          <QuestionFields
            catalog={catalog}
            path={`questions.${index}`}
            question={question}
            faults={faults}
            onChange={(changed) =>
              onChange(value.map((each, at) => (at === index ? { ...each, ...changed } : each)))
            }
          />
          <div class="asked-buttons">
            <MoveButtons
              id={`move-question-${question.key}`}
              name={texts.questionNumber(index + 1).toLowerCase()}
              index={index}
              count={value.length}
              onMove={(step, button) => set(moveElement(value, index, step), `[id="${button}"]`)}
            />
            <button
              type="button"
              class="quiet-button danger"
              aria-label={texts.removeNamed(texts.questionNumber(index + 1).toLowerCase())}
              onClick={() =>
                set(
                  value.filter((each) => each !== question),
                  "#add-question",
                )
              }
            >
              {texts.remove}
            </button>
          </div>
        </fieldset>
      ))}
      {faults.questions && <p class="field-error">{faults.questions}</p>}
      {value.length < MAX_QUESTIONS && (
        <button type="button" id="add-question" class="secondary" onClick={add}>
          {texts.addQuestion}
        </button>
      )}
    </div>
  );
}

interface QuestionFieldsProps {
  catalog: Catalog;
  path: string;
  question: QuestionForm;
  faults: Record<string, string>;
  onChange(change: Partial<QuestionForm>): void;
}

function QuestionFields({ catalog, path, question, faults, onChange }: QuestionFieldsProps) {
  const { label, kind, required, choices, translations } = question;
  const isChoice = kind === "choice";
  return (
    <>
      <Field
        name={`${path}.label`}
        label={texts.questionLabel}
        dir="auto"
        value={label}
        error={faults[`${path}.label`] ?? faults[path] ?? faults[`${path}.id`]}
        onChange={(changed) => onChange({ label: changed })}
      />
      <Select
        name={`${path}.kind`}
        label={texts.questionKind}
        value={kind}
        options={KINDS}
        error={faults[`${path}.kind`]}
        onChange={(changed) => onChange({ kind: changed as QuestionKind })}
      />
      {isChoice && (
        <TextArea
          name={`${path}.choices`}
          label={texts.questionChoices}
          hint={texts.questionChoicesHint}
          rows={4}
          value={choices}
          error={faults[`${path}.choices`]}
          onChange={(changed) => onChange({ choices: changed })}
        />
      )}
      <label class="check">
        <input
          type="checkbox"
          name={`${path}.required`}
          checked={required}
          onChange={(event) => onChange({ required: event.currentTarget.checked })}
        />
        {kind === "checkbox" ? texts.mustBeTicked : texts.mustBeAnswered}
      </label>
      {label.trim() !== "" && (
        <TranslatedTexts
          catalog={catalog}
          own={[
            { key: "label", label: texts.questionLabel, own: label },
            ...(isChoice
              ? [{ key: "choices", label: texts.questionChoices, own: choices, rows: 4 }]
              : []),
          ]}
          value={translations}
          faults={faults}
          path={`${path}.translations`}
          onChange={(changed) => onChange({ translations: changed })}
        />
      )}
    </>
  );
}
