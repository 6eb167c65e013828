import { useEffect, useLayoutEffect, useState } from "react";
import { Problem } from "../../api/problem";
import type { Link, LinkUse, Session } from "../api/officeApi";
import { Field } from "../components/Field";
import { SubmitForm } from "../components/SubmitForm";
import { useSubmit } from "../components/useSubmit";
import { useOfficeApi } from "../shell/office";
import { addressOf } from "../shell/router";
import * as texts from "../texts";

type State = { kind: "loading" } | { kind: "known"; link: Link } | { kind: "refused"; why: string };

/**
 * Returns the secret of a link. It is after the #, a part that browsers don't send to the server.
 */
const tokenOf = (address: Location) => address.hash.slice(1);

/** The page of a link with which the first owner, or an invited user, chooses a password. */
export function WelcomePage({ onSignedIn }: { onSignedIn(session: Session): void }) {
  const api = useOfficeApi();
  const [token] = useState(() => tokenOf(location));
  const [state, setState] = useState<State>({ kind: "loading" });

  useEffect(() => {
    document.title = `${texts.welcome} · ${texts.office}`;
    api.change<Link>("POST", "/links/read", { token }).then(
      (link) => setState({ kind: "known", link }),
      (error) => {
        if (!(error instanceof Problem)) throw error;
        const why = error.status === 422 ? texts.linkExpired : texts.refused(error.code, "", null);
        setState({ kind: "refused", why });
      },
    );
  }, [api, token]);

  if (state.kind === "known") {
    return <ChoosePassword token={token} link={state.link} onSignedIn={onSignedIn} />;
  }
  return (
    <main class="alone">
      {state.kind === "refused" ? (
        <>
          <h1>{texts.linkRefused}</h1>
          <p role="alert">{state.why}</p>
          <p>
            <a href={addressOf("/")}>{texts.signIn}</a>
          </p>
        </>
      ) : (
        <p role="status">{texts.loading}</p>
      )}
    </main>
  );
}

interface ChoosePasswordProps {
  token: string;
  link: Link;
  onSignedIn(session: Session): void;
}

function ChoosePassword({ token, link, onSignedIn }: ChoosePasswordProps) {
  const api = useOfficeApi();
  const [name, setName] = useState("");
  const [email, setEmail] = useState(link.user?.email ?? "");
  const [password, setPassword] = useState("");
  const sending = useSubmit(async () => {
    const wanted: LinkUse = { token, password };
    if (link.user === null) Object.assign(wanted, { name, email: email.trim() });
    onSignedIn(await api.change<Session>("POST", "/links/use", wanted));
  });
  const { form, refusal } = sending;
  useLayoutEffect(() => form.current?.querySelector("input")?.focus(), [form]);

  return (
    <main class="alone">
      <SubmitForm sending={sending} text={link.user ? texts.savePassword : texts.begin} isCard>
        <h1>{link.user ? texts.hello(link.user.name) : texts.welcome}</h1>
        <p>{link.user ? texts.choosePassword : texts.firstOwner}</p>
        {link.user ? (
          <input type="hidden" name="username" autocomplete="username" value={email} />
        ) : (
          <>
            <Field
              name="name"
              label={texts.yourName}
              value={name}
              autocomplete="name"
              error={refusal.fields.name}
              onChange={setName}
            />
            <Field
              name="email"
              type="email"
              label={texts.email}
              value={email}
              autocomplete="username"
              error={refusal.fields.email}
              onChange={setEmail}
            />
          </>
        )}
        <Field
          name="password"
          type="password"
          label={texts.password}
          hint={texts.passwordHint}
          value={password}
          autocomplete="new-password"
          error={refusal.fields.password}
          onChange={setPassword}
        />
      </SubmitForm>
    </main>
  );
}
