import { useState } from "react";
import { Dialog } from "../components/Dialog";
import { Field } from "../components/Field";
import { TextArea } from "../components/TextArea";
import { useSubmit } from "../components/useSubmit";
import { useOfficeApi } from "../shell/office";
import * as texts from "./texts";
import type { Listed } from "./wire";

interface EditDialogProps {
  booking: Listed;
  onClose(isChanged: boolean): void;
}

/** The dialog that corrects the customer of a booking, and its notes. */
export function EditDialog({ booking, onClose }: EditDialogProps) {
  const api = useOfficeApi();
  const [name, setName] = useState(booking.customer?.name ?? "");
  const [email, setEmail] = useState(booking.customer?.email ?? "");
  const [phone, setPhone] = useState(booking.customer?.phone ?? "");
  const [notes, setNotes] = useState(booking.notes);
  const { form, isSending, refusal, submit } = useSubmit(async () => {
    await api.change("PATCH", `/bookings/${encodeURIComponent(booking.reference)}`, {
      customer: { name, email, phone },
      notes,
    });
    onClose(true);
  });
  const { fields } = refusal;
  return (
    <Dialog title={texts.edit} onClose={() => onClose(false)}>
      <form ref={form} class="form" noValidate onSubmit={submit}>
        <Field
          name="customer.name"
          label={texts.name}
          value={name}
          error={fields["customer.name"]}
          onChange={setName}
        />
        <Field
          name="customer.email"
          label={texts.email}
          type="email"
          isOptional
          value={email}
          error={fields["customer.email"]}
          onChange={setEmail}
        />
        <Field
          name="customer.phone"
          label={texts.phone}
          isOptional
          value={phone}
          error={fields["customer.phone"]}
          onChange={setPhone}
        />
        <TextArea
          name="notes"
          label={texts.notes}
          hint={texts.notesHint}
          isOptional
          value={notes}
          error={fields.notes}
          onChange={setNotes}
        />
        <p class="form-error" role="alert">
          {refusal.message}
        </p>
        <div class="buttons">
          <button type="submit" class="primary" disabled={isSending}>
            {texts.save}
          </button>
          <button type="button" class="secondary" onClick={() => onClose(false)}>
            {texts.back}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
