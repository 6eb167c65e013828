import type { RefObject } from "preact";
import * as texts from "./texts";
import { insertVariable, type LetterWords, type Part } from "./words";

interface VariablesProps {
  letter: LetterWords;
  form: RefObject<HTMLFormElement | null>;
  /** The part whose field had the focus last. */
  target: Part;
  onInsert(text: string): void;
}

/** Buttons that insert a variable at the cursor. */
export function Variables({ letter, form, target, onInsert }: VariablesProps) {
  const insert = (name: string) => {
    const field = form.current?.querySelector<HTMLTextAreaElement>(`[name="${target}"]`);
    if (!field) return;
    const { selectionStart, selectionEnd, value } = field;
    const { text, caret } = insertVariable(value, selectionStart, selectionEnd, name);
    onInsert(text);
    field.value = text;
    field.focus();
    field.setSelectionRange(caret, caret);
  };
  return (
    <details class="variables" open>
      <summary>{texts.insertInto(texts.parts[target])}</summary>
      <ul>
        {letter.variables.map(({ name, means }) => (
          <li key={name}>
            <button type="button" class="secondary variable" onClick={() => insert(name)}>
              <code>{name}</code> <span class="quiet">{means}</span>
            </button>
          </li>
        ))}
      </ul>
      <p class="hint">{texts.condition}</p>
    </details>
  );
}
