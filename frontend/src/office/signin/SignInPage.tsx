import { useEffect, useLayoutEffect, useState } from "react";
import { Problem } from "../../api/problem";
import type { Credentials, Session, SignedIn } from "../api/officeApi";
import { Field } from "../components/Field";
import { SubmitForm } from "../components/SubmitForm";
import { useSubmit } from "../components/useSubmit";
import { PasskeyButton } from "../passkeys/PasskeyButton";
import { useOfficeApi } from "../shell/office";
import * as texts from "../texts";

interface SignInPageProps {
  isSetUp: boolean;
  /** The user who was signed in until now, if any. */
  before: SignedIn | null;
  onSignedIn(session: Session): void;
}

/**
 * The page that asks for the address and the password, and then for a code if the user has a second
 * factor.
 */
export function SignInPage({ isSetUp, before, onSignedIn }: SignInPageProps) {
  const api = useOfficeApi();
  const [email, setEmail] = useState(before?.email ?? "");
  const [password, setPassword] = useState("");
  const [code, setCode] = useState<string | null>(null);
  const needsCode = code !== null;
  const sending = useSubmit(async () => {
    const wanted: Credentials = { email: email.trim(), password };
    if (code) wanted.second_factor = code;
    try {
      onSignedIn(await api.change<Session>("POST", "/session", wanted));
    } catch (error) {
      if (!(error instanceof Problem && error.code === "second_factor_needed")) throw error;
      setCode("");
    }
  });
  const { form, refusal } = sending;
  useEffect(() => {
    document.title = `${texts.signIn} · ${texts.office}`;
  }, []);
  useLayoutEffect(() => {
    const next = needsCode ? "second_factor" : before ? "password" : "email";
    form.current?.querySelector<HTMLElement>(`[name="${next}"]`)?.focus();
  }, [needsCode, before, form]);

  if (!isSetUp) {
    return (
      <main class="alone">
        <h1>{texts.notSetUp}</h1>
        <p>{texts.notSetUpHint}</p>
      </main>
    );
  }
  return (
    <main class="alone">
      <SubmitForm
        sending={sending}
        text={texts.signIn}
        isCard
        more={
          needsCode ? (
            <button type="button" class="quiet-button" onClick={() => setCode(null)}>
              {texts.back}
            </button>
          ) : (
            <PasskeyButton onSignedIn={onSignedIn} />
          )
        }
      >
        <h1>{before ? texts.signInAgain : texts.signInToOffice}</h1>
        {before && <p>{texts.signInAgainHint}</p>}
        {needsCode ? (
          <Field
            name="second_factor"
            label={texts.code}
            hint={texts.codeHint}
            value={code}
            autocomplete="one-time-code"
            error={refusal.fields.second_factor}
            onChange={setCode}
          />
        ) : (
          <>
            <Field
              name="email"
              type="email"
              label={texts.email}
              value={email}
              autocomplete="username"
              error={refusal.fields.email}
              onChange={setEmail}
            />
            <Field
              name="password"
              type="password"
              label={texts.password}
              value={password}
              autocomplete="current-password"
              error={refusal.fields.password}
              onChange={setPassword}
            />
          </>
        )}
      </SubmitForm>
    </main>
  );
}
