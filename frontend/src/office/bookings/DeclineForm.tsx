import { useState } from "react";
import { TextArea } from "../components/TextArea";
import { useSubmit } from "../components/useSubmit";
import * as answers from "./answerTexts";

interface DeclineFormProps {
  onDecline(reason: string): Promise<void>;
  onBack(): void;
}

/** The form that declines a request. A reason can be given. */
export function DeclineForm({ onDecline, onBack }: DeclineFormProps) {
  const [reason, setReason] = useState("");
  const { form, isSending, refusal, submit } = useSubmit(() => onDecline(reason));
  return (
    <form ref={form} class="form" noValidate onSubmit={submit}>
      <p>{answers.declineHint}</p>
      <TextArea
        name="reason"
        label={answers.reason}
        hint={answers.reasonHint}
        isOptional
        value={reason}
        error={refusal.fields.reason}
        onChange={setReason}
      />
      <p class="form-error" role="alert">
        {refusal.message}
      </p>
      <div class="buttons">
        <button type="submit" class="secondary danger" disabled={isSending}>
          {answers.decline}
        </button>
        <button type="button" class="secondary" onClick={onBack}>
          {answers.back}
        </button>
      </div>
    </form>
  );
}
