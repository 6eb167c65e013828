import type { Business, Languages, Question, Service } from "../../core/wire";
import {
  addTerms,
  answerFaultNow,
  choiceOf,
  fieldOf,
  isTicked,
  lengthOf,
  maxLengthOf,
  TERMS,
  textOf,
} from "../answers";
import type { FieldFault } from "../customerFields";
import { type TypedAnswers, useAnswers } from "../hooks/useAnswers";
import { fill, later, speaker } from "../texts";

interface QuestionsProps {
  service: Service;
  business: Business;
  wrong: readonly FieldFault[];
  isFixed: boolean;
}

/** The questions of the service, and the terms that have to be accepted. */
export function Questions({ business, wrong, isFixed, ...props }: QuestionsProps) {
  const service = addTerms(props.service, business);
  const [draft, change] = useAnswers(service);
  const { questions = [], terms } = service;
  const refusal = wrong.find(({ field }) => field === TERMS);
  const isRefused = refusal !== undefined && draft.accepted !== terms;
  const hasChanged = refusal?.code === "terms_changed";
  return (
    <div class="questions">
      {questions.map((question) => (
        <QuestionField
          key={question.id}
          question={question}
          languages={service.languages}
          typed={draft.typed}
          fault={answerFaultNow(wrong, question, draft.typed, speaker.lang)}
          isFixed={isFixed}
          onAnswer={(answer) =>
            change({ ...draft, typed: { ...draft.typed, [question.id]: answer } })
          }
        />
      ))}
      {terms && (
        <div class="field terms">
          <details open={hasChanged || undefined}>
            <summary>{later.readTerms}</summary>
            <p class="long-text" dir="auto" lang={service.languages.terms}>
              {terms}
            </p>
          </details>
          <label class="tick">
            <input
              type="checkbox"
              name={TERMS}
              checked={draft.accepted === terms}
              disabled={isFixed}
              required
              aria-invalid={isRefused}
              aria-describedby={`${TERMS}-error`}
              onChange={(event) =>
                change({ ...draft, accepted: event.currentTarget.checked ? terms : null })
              }
            />
            <span>{later.acceptTerms}</span>
          </label>
          <p id={`${TERMS}-error`} class="field-error">
            {isRefused && (hasChanged ? later.termsChanged : later.termsMissing)}
          </p>
        </div>
      )}
    </div>
  );
}

interface QuestionFieldProps {
  question: Question;
  /** The languages of the service's texts. */
  languages: Languages;
  typed: TypedAnswers;
  fault: string | null;
  isFixed: boolean;
  onAnswer(answer: TypedAnswers[string]): void;
}

const MAX_RADIOS = 5;

function QuestionField(props: QuestionFieldProps) {
  const { question, typed, fault } = props;
  const { kind, choices } = question;
  const name = fieldOf(question);
  return (
    <div class="field">
      {kind === "checkbox" ? (
        <Tick {...props} />
      ) : kind !== "choice" ? (
        <Text {...props} />
      ) : choices.length > MAX_RADIOS ? (
        <Select {...props} />
      ) : (
        <Radios {...props} />
      )}
      <p id={`${name}-error`} class="field-error">
        {fault && describeFault(question, fault, lengthOf(textOf(question, typed).trim()))}
      </p>
    </div>
  );
}

const Label = ({ question, languages }: QuestionFieldProps) => (
  <>
    <bdi lang={languages[`questions.${question.id}`]}>{question.label}</bdi>
    {!question.required && <span class="quiet"> ({later.optional})</span>}
  </>
);

/** Returns the attributes that all fields have. */
const bind = ({ question, fault }: QuestionFieldProps) => ({
  id: fieldOf(question),
  name: fieldOf(question),
  required: question.required,
  "aria-invalid": fault !== null,
  "aria-describedby": `${fieldOf(question)}-error`,
});

function Text(props: QuestionFieldProps) {
  const { question, typed, isFixed, onAnswer } = props;
  const given = {
    ...bind(props),
    dir: "auto" as const,
    readOnly: isFixed,
    value: textOf(question, typed),
  };
  return (
    <>
      <label for={given.id}>
        <Label {...props} />
      </label>
      {question.kind === "long_text" ? (
        <textarea {...given} rows={3} onInput={(event) => onAnswer(event.currentTarget.value)} />
      ) : (
        <input
          {...given}
          type="text"
          list={undefined}
          inputMode={question.kind === "number" ? "decimal" : "text"}
          autocomplete="off"
          onInput={(event) => onAnswer(event.currentTarget.value)}
        />
      )}
    </>
  );
}

function Tick(props: QuestionFieldProps) {
  const { question, typed, isFixed, onAnswer } = props;
  return (
    <label class="tick">
      <input
        {...bind(props)}
        type="checkbox"
        checked={isTicked(question, typed)}
        disabled={isFixed}
        onChange={(event) => onAnswer(event.currentTarget.checked)}
      />
      <span>
        <Label {...props} />
      </span>
    </label>
  );
}

const typedChoice = ({ choices }: Question, text: string) =>
  text && { text, at: choices.indexOf(text), language: speaker.lang };

function Select(props: QuestionFieldProps) {
  const { question, languages, typed, isFixed, onAnswer } = props;
  const given = bind(props);
  return (
    <>
      <label for={given.id}>
        <Label {...props} />
      </label>
      <select
        {...given}
        disabled={isFixed}
        value={choiceOf(question, typed, speaker.lang)}
        onChange={(event) => onAnswer(typedChoice(question, event.currentTarget.value))}
      >
        <option value="">{question.required ? later.choose : later.noAnswer}</option>
        {question.choices.map((choice) => (
          <option key={choice} value={choice} lang={languages[`questions.${question.id}.choices`]}>
            {choice}
          </option>
        ))}
      </select>
    </>
  );
}

function Radios(props: QuestionFieldProps) {
  const { question, languages, typed, isFixed, onAnswer } = props;
  const { id, name, required, ...about } = bind(props);
  const chosen = choiceOf(question, typed, speaker.lang);
  const radio = (choice: string) => (
    <label class="tick" key={choice}>
      <input
        type="radio"
        name={name}
        value={choice}
        checked={choice === chosen}
        disabled={isFixed}
        onChange={() => onAnswer(typedChoice(question, choice))}
      />
      {choice ? (
        <bdi lang={languages[`questions.${question.id}.choices`]}>{choice}</bdi>
      ) : (
        <span>{later.noAnswer}</span>
      )}
    </label>
  );
  return (
    <div role="radiogroup" aria-labelledby={`${id}-label`} aria-required={required} {...about}>
      <p class="label" id={`${id}-label`}>
        <Label {...props} />
      </p>
      {question.choices.map(radio)}
      {!required && radio("")}
    </div>
  );
}

function describeFault(question: Question, code: string, length: number): string {
  if (code === "too_long") return fill(later.tooLong, { most: maxLengthOf(question) ?? 0, length });
  if (code === "malformed") return later.malformed;
  if (code === "unknown_choice") return later.choiceGone;
  if (question.kind === "number" && code !== "required") return later.numberWrong;
  return question.kind === "checkbox" ? later.tickMissing : later.answerMissing;
}
