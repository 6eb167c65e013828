import { useState } from "react";
import { momentIn } from "../components/moment";
import { TextArea } from "../components/TextArea";
import { useAction } from "../components/useAction";
import { useSubmit } from "../components/useSubmit";
import { useOfficeApi, useUser } from "../shell/office";
import * as texts from "./texts";
import type { CustomerFile } from "./wire";

interface NotesProps {
  file: CustomerFile;
  onChanged(): void;
}

/** The notes of the business about a customer, and a field for a new one. */
export function Notes({ file: { customer, notes, time_zone: zone }, onChanged }: NotesProps) {
  const { user } = useUser();
  const api = useOfficeApi();
  const [text, setText] = useState("");
  const canWrite = user.scopes.includes("customers:write");
  const path = `/customers/${customer.id}/notes`;
  const { form, isSending, refusal, submit } = useSubmit(async () => {
    await api.change("POST", path, { text });
    setText("");
    onChanged();
  });
  const removing = useAction(async (id: number) => {
    await api.change("DELETE", `${path}/${id}`);
    onChanged();
  });
  return (
    <section class="list-section">
      <h2>{texts.notes}</h2>
      {canWrite && (
        <form ref={form} class="form" noValidate onSubmit={submit}>
          <TextArea
            name="text"
            label={texts.newNote}
            hint={texts.notesHint}
            value={text}
            error={refusal.fields.text}
            rows={2}
            onChange={setText}
          />
          <p class="form-error" role="alert">
            {refusal.message}
          </p>
          <div class="buttons">
            <button type="submit" class="secondary" disabled={isSending}>
              {texts.addNote}
            </button>
          </div>
        </form>
      )}
      {removing.failure && <p role="alert">{removing.failure}</p>}
      {notes.length === 0 ? (
        !canWrite && <p class="quiet">{texts.noNotes}</p>
      ) : (
        <ul class="rows card-rows">
          {notes.map((note) => (
            <li key={note.id}>
              <p class="row-text">
                <span class="long-text" dir="auto">
                  {note.text}
                </span>
                <span class="quiet">
                  <bdi>{note.by ?? texts.unknownAuthor}</bdi> · {momentIn(note.created_at, zone)}
                </span>
              </p>
              {canWrite && (
                <p class="row-buttons">
                  <button
                    type="button"
                    class="quiet-button"
                    aria-label={texts.removeNoteOf(
                      note.by ?? texts.unknownAuthor,
                      momentIn(note.created_at, zone),
                    )}
                    disabled={removing.isRunning}
                    onClick={() => removing.run(note.id)}
                  >
                    {texts.removeNote}
                  </button>
                </p>
              )}
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
