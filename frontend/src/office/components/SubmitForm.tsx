import type { ComponentChildren } from "preact";
import * as texts from "../texts";
import type { useSubmit } from "./useSubmit";

interface SubmitFormProps {
  sending: ReturnType<typeof useSubmit>;
  /** The text of the button that sends the form. */
  text: string;
  /** Whether the form is the only thing on its page. Then its button stands out. */
  isCard?: boolean;
  /** The reason for a refusal, if this form has other words for it. */
  failure?: string | undefined;
  isSaved?: boolean;
  savedText?: string;
  /** What the user can do instead. */
  more?: ComponentChildren;
  children: ComponentChildren;
}

/** A form: its fields, the reason if it was refused as a whole, and the button that sends it. */
export function SubmitForm({
  sending: { form, isSending, refusal, submit },
  text,
  isCard = false,
  failure = refusal.message,
  isSaved = false,
  savedText = texts.saved,
  more,
  children,
}: SubmitFormProps) {
  const button = (
    <button type="submit" class={isCard ? "primary" : "secondary"} disabled={isSending}>
      {text}
    </button>
  );
  return (
    <form ref={form} class={isCard ? "card" : "form"} noValidate onSubmit={submit}>
      {children}
      <p class="form-error" role="alert">
        {failure}
      </p>
      {isCard ? (
        button
      ) : (
        <div class="buttons">
          {button}
          <p role="status">{isSaved && savedText}</p>
        </div>
      )}
      {more}
    </form>
  );
}
