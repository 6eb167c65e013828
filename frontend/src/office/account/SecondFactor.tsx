import { useState } from "react";
import type { RecoveryCodesOut as RecoveryCodes, SecondFactorOut as Setup } from "../api/types";
import { Dialog } from "../components/Dialog";
import { Field } from "../components/Field";
import { useSubmit } from "../components/useSubmit";
import { useOfficeApi } from "../shell/office";
import * as texts from "../texts";
import type { Account } from "./AccountPage";

type Task = "on" | "off" | "codes";

interface SecondFactorProps {
  account: Account;
  onChanged(): void;
}

/** Sets up the code of an authenticator app, which is asked for in addition to the password. */
export function SecondFactor({ account, onChanged }: SecondFactorProps) {
  const [task, setTask] = useState<Task | null>(null);
  const close = () => {
    setTask(null);
    onChanged();
  };
  const button = (wanted: Task, text: string) => (
    <button type="button" class="secondary" onClick={() => setTask(wanted)}>
      {text}
    </button>
  );
  return (
    <section class="section">
      <h2>{texts.secondFactor}</h2>
      <p>
        {account.has_second_factor
          ? texts.secondFactorOn(account.recovery_codes_left)
          : texts.secondFactorOff}
      </p>
      <div class="buttons">
        {account.has_second_factor ? (
          <>
            {button("codes", texts.newRecoveryCodes)}
            {button("off", texts.turnOff)}
          </>
        ) : (
          button("on", texts.turnOn)
        )}
      </div>
      {task && <TaskDialog task={task} onClose={close} />}
    </section>
  );
}

const TITLES: Record<Task, string> = {
  on: texts.secondFactor,
  off: texts.turnOff,
  codes: texts.newRecoveryCodes,
};

/**
 * The dialog for a change of the second factor. It first asks for the password, so that nobody
 * makes the change at a screen that was left alone.
 */
function TaskDialog({ task, onClose }: { task: Task; onClose(): void }) {
  const api = useOfficeApi();
  const [password, setPassword] = useState("");
  const [code, setCode] = useState("");
  const [setup, setSetup] = useState<Setup | null>(null);
  const [codes, setCodes] = useState<string[] | null>(null);
  const { form, isSending, refusal, submit } = useSubmit(async () => {
    const proof = { current_password: password };
    if (setup) {
      const wanted = { setup: setup.setup, code };
      const path = "/account/second-factor/confirm";
      setCodes((await api.change<RecoveryCodes>("POST", path, wanted)).recovery_codes);
    } else if (task === "on") {
      setSetup(await api.change<Setup>("POST", "/account/second-factor", proof));
    } else if (task === "codes") {
      const answer = await api.change<RecoveryCodes>("POST", "/account/recovery-codes", proof);
      setCodes(answer.recovery_codes);
    } else {
      await api.change("POST", "/account/second-factor/remove", proof);
      onClose();
    }
  });

  if (codes) {
    return (
      <Dialog title={texts.recoveryCodes} onClose={onClose}>
        <p>{texts.recoveryCodesHint}</p>
        <ul class="codes" data-testid="recovery-codes">
          {codes.map((each) => (
            <li key={each}>{each}</li>
          ))}
        </ul>
        <div class="buttons">
          <button type="button" class="primary" onClick={onClose}>
            {texts.codesKept}
          </button>
        </div>
      </Dialog>
    );
  }
  return (
    <Dialog title={TITLES[task]} onClose={onClose}>
      <form ref={form} class="form" noValidate onSubmit={submit}>
        {setup ? (
          <>
            <p>{texts.scanPicture}</p>
            <img class="qr" src={setup.picture} alt={texts.pictureOfSecret} />
            <p class="hint">
              {texts.orType} <code>{setup.secret.replace(/(.{4})/g, "$1 ")}</code>
            </p>
            <Field
              name="code"
              label={texts.firstCode}
              value={code}
              inputMode="numeric"
              autocomplete="one-time-code"
              error={refusal.fields.code}
              onChange={setCode}
            />
          </>
        ) : (
          <>
            {task === "off" && <p>{texts.turnOffHint}</p>}
            <Field
              name="current_password"
              type="password"
              label={texts.currentPassword}
              value={password}
              autocomplete="current-password"
              error={refusal.fields.current_password}
              onChange={setPassword}
            />
          </>
        )}
        <p class="form-error" role="alert">
          {refusal.code === "wrong_password" ? texts.notYourPassword : refusal.message}
        </p>
        <div class="buttons">
          <button type="submit" class="primary" disabled={isSending}>
            {setup ? texts.turnOn : texts.goOn}
          </button>
          <button type="button" class="secondary" onClick={onClose}>
            {texts.cancel}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
