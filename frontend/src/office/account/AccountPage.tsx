import { useState } from "react";
import type { Session } from "../api/officeApi";
import type { AccountOut as Account, OwnSessionOut as OwnSession } from "../api/types";
import { Field } from "../components/Field";
import { moment } from "../components/moment";
import { SubmitForm } from "../components/SubmitForm";
import { useAction } from "../components/useAction";
import { useLoaded } from "../components/useLoaded";
import { useSubmit } from "../components/useSubmit";
import { Passkeys } from "../passkeys/Passkeys";
import { useOfficeApi, useUser } from "../shell/office";
import * as texts from "../texts";
import { SecondFactor } from "./SecondFactor";

export type {
  AccountOut as Account,
  OwnSessionOut as OwnSession,
} from "../api/types";

/** The page on which users see and change their own account. */
export function AccountPage() {
  const { answer, failure, reload } = useLoaded<Account>("/account");
  return (
    <>
      <h1 tabIndex={-1}>{texts.account}</h1>
      {failure && <p role="alert">{failure}</p>}
      {answer && (
        <>
          <Name account={answer} />
          <NewPassword onChanged={reload} email={answer.user.email} />
          <SecondFactor account={answer} onChanged={reload} />
          <Passkeys passkeys={answer.passkeys} email={answer.user.email} onChanged={reload} />
          <Sessions sessions={answer.sessions} onChanged={reload} />
        </>
      )}
    </>
  );
}

function Name({ account }: { account: Account }) {
  const api = useOfficeApi();
  const { renew } = useUser();
  const [name, setName] = useState(account.user.name);
  const [isSaved, setSaved] = useState(false);
  const sending = useSubmit(async () => {
    const { user } = await api.change<Account>("PATCH", "/account", { name });
    renew({ user, is_set_up: true, has_business: true });
    setSaved(true);
  });
  const { refusal } = sending;
  return (
    <section class="section">
      <h2>{texts.you}</h2>
      <SubmitForm sending={sending} text={texts.save} isSaved={isSaved}>
        <Field
          name="name"
          label={texts.yourName}
          value={name}
          autocomplete="name"
          error={refusal.fields.name}
          onChange={(value) => {
            setName(value);
            setSaved(false);
          }}
        />
        <p class="quiet">{texts.signsInAs(account.user.email, account.user.role)}</p>
      </SubmitForm>
    </section>
  );
}

function NewPassword({ email, onChanged }: { email: string; onChanged(): void }) {
  const api = useOfficeApi();
  const [current, setCurrent] = useState("");
  const [password, setPassword] = useState("");
  const [isSaved, setSaved] = useState(false);
  const sending = useSubmit(async () => {
    const wanted = { current_password: current, password };
    await api.change<Session>("POST", "/account/password", wanted);
    setCurrent("");
    setPassword("");
    setSaved(true);
    onChanged();
  });
  const { refusal } = sending;
  return (
    <section class="section">
      <h2>{texts.password}</h2>
      <SubmitForm
        sending={sending}
        text={texts.changePassword}
        failure={refusal.code === "wrong_password" ? texts.notYourPassword : refusal.message}
        isSaved={isSaved}
        savedText={texts.passwordChanged}
      >
        <input type="hidden" name="username" autocomplete="username" value={email} />
        <Field
          name="current_password"
          type="password"
          label={texts.currentPassword}
          value={current}
          autocomplete="current-password"
          error={refusal.fields.current_password}
          onChange={setCurrent}
        />
        <Field
          name="password"
          type="password"
          label={texts.newPassword}
          hint={texts.passwordHint}
          value={password}
          autocomplete="new-password"
          error={refusal.fields.password}
          onChange={setPassword}
        />
      </SubmitForm>
    </section>
  );
}

function Sessions({ sessions, onChanged }: { sessions: OwnSession[]; onChanged(): void }) {
  const api = useOfficeApi();
  const { renew } = useUser();
  const ending = useAction(async (id: number) => {
    await api.change("DELETE", `/account/sessions/${id}`);
    onChanged();
  });
  const everywhere = useAction(async () => {
    await api.change("DELETE", "/session?everywhere=true");
    renew({ user: null, is_set_up: true, has_business: null });
  });
  return (
    <section class="section">
      <h2>{texts.sessions}</h2>
      <ul class="rows">
        {sessions.map((session) => (
          <li key={session.id}>
            <p class="row-text">
              <span>{session.browser === "unknown" ? texts.unknownBrowser : session.browser}</span>
              <span class="quiet">
                {session.is_this ? texts.thisBrowser : texts.lastUsed(moment(session.used_at))}
                {session.address && ` · ${session.address}`}
              </span>
            </p>
            {!session.is_this && (
              <button
                type="button"
                class="quiet-button"
                disabled={ending.isRunning}
                aria-label={texts.signOutBrowser(session.browser)}
                onClick={() => ending.run(session.id)}
              >
                {texts.signOut}
              </button>
            )}
          </li>
        ))}
      </ul>
      <p class="form-error" role="alert">
        {ending.failure || everywhere.failure}
      </p>
      <div class="buttons">
        <button
          type="button"
          class="secondary"
          disabled={everywhere.isRunning}
          onClick={() => everywhere.run()}
        >
          {texts.signOutEverywhere}
        </button>
      </div>
    </section>
  );
}
