import type { ComponentChildren } from "preact";
import { ConcernedDialog } from "./Concerned";
import * as texts from "./texts";
import type { Editor } from "./useEditor";

interface EditorFormProps<Form extends object> {
  editor: Editor<Form>;
  /** The names of the fields, for a message about those that two people have changed at once. */
  labels: Partial<Record<keyof Form & string, string>>;
  children: ComponentChildren;
}

/**
 * A form for one part of the catalog. Messages about it are above the fields, the button that saves
 * it is below.
 */
export function EditorForm<Form extends object>({
  editor,
  labels,
  children,
}: EditorFormProps<Form>) {
  const { sending, question, news } = editor;
  return (
    <form ref={sending.form} class="catalog-form" noValidate onSubmit={sending.submit}>
      <div role="status">
        {news?.kind === "restored" && <p class="news">{texts.restored}</p>}
        {news?.kind === "gone" && <p class="news">{texts.gone}</p>}
        {news?.kind === "merged" && (
          <p class="news">
            {texts.merged}{" "}
            {news.contested.length > 0 &&
              texts.contested(
                news.contested.map((key) => labels[key as keyof Form & string] ?? key).join(", "),
              )}
          </p>
        )}
      </div>
      {children}
      <div class="save-bar">
        <p class="form-error" role="alert">
          {editor.failure}
        </p>
        <div class="buttons">
          <button type="submit" class="primary" disabled={editor.isSending}>
            {texts.save}
          </button>
          {editor.isDirty && (
            <>
              <button type="button" class="secondary" onClick={editor.giveUp}>
                {texts.giveUp}
              </button>
              <span class="state">{texts.unsaved}</span>
            </>
          )}
        </div>
      </div>
      {question && (
        <ConcernedDialog
          concerned={question.concerned}
          onAgree={editor.agree}
          onClose={editor.disagree}
        />
      )}
    </form>
  );
}

/** A group of fields that belong together. */
export function Group({ title, children }: { title: string; children: ComponentChildren }) {
  return (
    <fieldset class="group">
      <legend>{title}</legend>
      {children}
    </fieldset>
  );
}
