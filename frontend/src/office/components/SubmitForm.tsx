import type { ComponentChildren } from "preact";
import * as texts from "../texts";
import type { useSubmit } from "./useSubmit";

interface SubmitFormProps {
  sending: ReturnType<typeof useSubmit>;
  /** What the button says that sends it. */
  text: string;
  /** A card stands alone on its page, and its button is the one thing to do there. */
  isCard?: boolean;
  /** Why it was refused, if that is said in other words here. */
  failure?: string | undefined;
  isSaved?: boolean;
  savedText?: string;
  /** What can be done instead. */
  more?: ComponentChildren;
  children: ComponentChildren;
}

/** Fields, why they were refused as a whole, and the button that sends them. */
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
