import type { TargetedSubmitEvent } from "preact";
import { useLayoutEffect, useRef, useState } from "react";
import { createSessionApi } from "../../api/sessionApi";
import { readerOf } from "../format/reader";
import { REMEMBERED } from "../hooks/useRemembered";
import { useRepeatedly } from "../hooks/useRepeatedly";
import { useRequest } from "../hooks/useRequest";
import { usePageServices } from "../pageServices";
import { signInRefused } from "../signInRefusals";
import { fill, later, texts } from "../texts";

/** Seconds until the customer can request another code, because mail takes a moment. */
const WAIT = 30;

interface SignInStepProps {
  message: string;
  onSignedIn(): void;
}

/** The step that asks for the e-mail address, and then for the code that was sent to it. */
export function SignInStep({ message, onSignedIn }: SignInStepProps) {
  const { environment, storage } = usePageServices();
  const { clock } = environment;
  const api = createSessionApi(environment);
  const { isSending, failure, run } = useRequest(signInRefused);
  const [email, setEmail] = useState(
    () => storage.read<{ email: string }>(REMEMBERED)?.email ?? "",
  );
  const [code, setCode] = useState("");
  const [sentAt, setSentAt] = useState<number | null>(null);
  const [, tick] = useState(0);
  useRepeatedly(1_000, () => tick(clock.now()));
  const field = useRef<HTMLInputElement>(null);
  const isSent = sentAt !== null;
  const wasSent = useRef(false);
  useLayoutEffect(() => {
    if (isSent !== wasSent.current) field.current?.focus();
    wasSent.current = isSent;
  }, [isSent]);
  const left = isSent ? Math.ceil((sentAt + 1_000 * WAIT - clock.now()) / 1_000) : 0;

  const send = () =>
    run(async () => {
      await api.sendCode(email.trim(), readerOf().language);
      setCode("");
      setSentAt(clock.now());
    });
  const signIn = () =>
    run(async () => {
      await api.signIn(email.trim(), code);
      onSignedIn();
    });
  const submit = (event: TargetedSubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    field.current?.focus();
    if ((isSent ? code : email).trim() === "") return;
    void (isSent ? signIn() : send());
  };

  return (
    <form class="details" noValidate onSubmit={submit}>
      <h2 tabIndex={-1}>{texts.myBookings}</h2>
      <p role="status">
        {isSent ? fill(later.codeSent, { email: email.trim() }) : message || later.signInHint}
      </p>
      <div class="field">
        <label for="sign-in">{isSent ? later.code : later.fieldNames.email}</label>
        {isSent ? (
          <input
            key="code"
            id="sign-in"
            ref={field}
            class="code"
            name="code"
            inputMode="numeric"
            autocomplete="one-time-code"
            maxLength={20}
            value={code}
            aria-invalid={failure !== ""}
            aria-describedby="sign-in-error"
            onInput={(event) => setCode(event.currentTarget.value)}
          />
        ) : (
          <input
            key="email"
            id="sign-in"
            ref={field}
            name="email"
            type="email"
            autocomplete="email"
            autocapitalize="off"
            value={email}
            aria-invalid={failure !== ""}
            aria-describedby="sign-in-error"
            onInput={(event) => setEmail(event.currentTarget.value)}
          />
        )}
        <p id="sign-in-error" class="field-error" role="alert">
          {failure}
        </p>
      </div>
      <div class="actions">
        <button type="submit" class="primary" data-testid="go-on" disabled={isSending}>
          {isSent ? later.signIn : later.sendCode}
        </button>
      </div>
      {isSent && (
        <div class="actions">
          <button
            type="button"
            class="link"
            data-testid="send-again"
            disabled={isSending || left > 0}
            onClick={send}
          >
            {left > 0 ? fill(later.sendAgainIn, { seconds: left }) : later.sendAgain}
          </button>
          <button type="button" class="link" onClick={() => setSentAt(null)}>
            {later.otherAddress}
          </button>
        </div>
      )}
    </form>
  );
}
