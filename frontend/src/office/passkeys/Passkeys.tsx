import { useState } from "react";
import type { PasskeyOut as Passkey } from "../api/types";
import { Dialog } from "../components/Dialog";
import { Field } from "../components/Field";
import { moment } from "../components/moment";
import { SubmitForm } from "../components/SubmitForm";
import { useAction } from "../components/useAction";
import { useSubmit } from "../components/useSubmit";
import { useOfficeApi } from "../shell/office";
import * as texts from "../texts";
import { explainPasskey, hasPasskeys, makePasskey } from "./browser";
import * as words from "./texts";

export type { PasskeyOut as Passkey } from "../api/types";

interface PasskeysProps {
  passkeys: readonly Passkey[];
  email: string;
  onChanged(): void;
}

type Task = { kind: "add" } | { kind: "rename" | "remove"; passkey: Passkey };

/** The passkeys of the signed-in user, who can add, name and remove them. */
export function Passkeys({ passkeys, email, onChanged }: PasskeysProps) {
  const [task, setTask] = useState<Task | null>(null);
  const close = () => {
    setTask(null);
    onChanged();
  };
  return (
    <section class="section">
      <h2>{words.passkeys}</h2>
      <p>{hasPasskeys() ? words.hint : words.notHere}</p>
      {passkeys.length > 0 && (
        <ul class="rows">
          {passkeys.map((passkey) => (
            <li key={passkey.id}>
              <p class="row-text">
                <bdi>{passkey.name}</bdi>
                <span class="quiet">
                  {words.added(moment(passkey.created_at))} ·{" "}
                  {passkey.used_at ? words.used(moment(passkey.used_at)) : words.neverUsed}
                </span>
              </p>
              <div class="row-buttons">
                <button
                  type="button"
                  class="quiet-button"
                  aria-label={words.renameNamed(passkey.name)}
                  onClick={() => setTask({ kind: "rename", passkey })}
                >
                  {words.rename}
                </button>
                <button
                  type="button"
                  class="quiet-button danger"
                  aria-label={words.removeNamed(passkey.name)}
                  onClick={() => setTask({ kind: "remove", passkey })}
                >
                  {words.remove}
                </button>
              </div>
            </li>
          ))}
        </ul>
      )}
      {hasPasskeys() && (
        <div class="buttons">
          <button type="button" class="secondary" onClick={() => setTask({ kind: "add" })}>
            {words.add}
          </button>
        </div>
      )}
      {task?.kind === "add" && (
        <Dialog title={words.add} onClose={close}>
          <AddForm email={email} onDone={close} />
        </Dialog>
      )}
      {task?.kind === "rename" && (
        <Dialog title={words.rename} onClose={close}>
          <RenameForm passkey={task.passkey} onDone={close} />
        </Dialog>
      )}
      {task?.kind === "remove" && (
        <Dialog title={words.remove} onClose={close}>
          <RemoveForm passkey={task.passkey} onDone={close} />
        </Dialog>
      )}
    </section>
  );
}

/**
 * The form for a new passkey. It first asks for the password, so that nobody adds their own passkey
 * at a screen that was left alone.
 */
function AddForm({ email, onDone }: { email: string; onDone(): void }) {
  const api = useOfficeApi();
  const [name, setName] = useState("");
  const [password, setPassword] = useState("");
  const [failure, setFailure] = useState("");
  const sending = useSubmit(async () => {
    setFailure("");
    try {
      const { options } = await api.change<{ options: Parameters<typeof makePasskey>[0] }>(
        "POST",
        "/account/passkeys",
        { current_password: password },
      );
      const credential = await makePasskey(options);
      await api.change("POST", "/account/passkeys/confirm", { credential, name });
      onDone();
    } catch (error) {
      const why = explainPasskey(error);
      if (why === undefined) throw error;
      setFailure(why);
    }
  });
  const { refusal } = sending;
  const isWrong = refusal.code === "wrong_password";
  return (
    <SubmitForm
      sending={sending}
      text={words.goOn}
      failure={failure || (isWrong ? texts.notYourPassword : refusal.message)}
    >
      <p>{words.addHint}</p>
      <Field
        name="name"
        label={words.name}
        hint={words.nameHint}
        value={name}
        error={refusal.fields.name}
        onChange={setName}
      />
      <input type="hidden" name="username" autocomplete="username" value={email} />
      <Field
        name="current_password"
        type="password"
        label={texts.currentPassword}
        value={password}
        autocomplete="current-password"
        error={refusal.fields.current_password}
        onChange={setPassword}
      />
    </SubmitForm>
  );
}

interface OfPasskeyProps {
  passkey: Passkey;
  onDone(): void;
}

function RenameForm({ passkey, onDone }: OfPasskeyProps) {
  const api = useOfficeApi();
  const [name, setName] = useState(passkey.name);
  const sending = useSubmit(async () => {
    await api.change("PATCH", `/account/passkeys/${passkey.id}`, { name });
    onDone();
  });
  return (
    <SubmitForm sending={sending} text={texts.save}>
      <Field
        name="name"
        label={words.name}
        value={name}
        error={sending.refusal.fields.name}
        onChange={setName}
      />
    </SubmitForm>
  );
}

function RemoveForm({ passkey, onDone }: OfPasskeyProps) {
  const api = useOfficeApi();
  const removing = useAction(async () => {
    await api.change("DELETE", `/account/passkeys/${passkey.id}`);
    onDone();
  });
  return (
    <>
      <p>
        <bdi>{words.removeHint(passkey.name)}</bdi>
      </p>
      <p class="form-error" role="alert">
        {removing.failure}
      </p>
      <div class="buttons">
        <button
          type="button"
          class="secondary danger"
          disabled={removing.isRunning}
          onClick={() => removing.run()}
        >
          {words.remove}
        </button>
        <button type="button" class="quiet-button" onClick={onDone}>
          {texts.cancel}
        </button>
      </div>
    </>
  );
}
