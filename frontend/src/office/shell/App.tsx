import { useEffect, useLayoutEffect, useState } from "react";
import { Problem } from "../../api/problem";
import type { Session, SignedIn } from "../api/officeApi";
import { SignInPage } from "../signin/SignInPage";
import { WelcomePage } from "../signin/WelcomePage";
import * as texts from "../texts";
import { FirstRun } from "./FirstRun";
import { Layout } from "./Layout";
import { UserContext, useOfficeApi } from "./office";
import { go, usePlace } from "./router";

type State =
  | { kind: "loading" }
  | { kind: "unreachable" }
  | { kind: "out"; isSetUp: boolean; before: SignedIn | null; hasBusiness: boolean }
  | { kind: "in"; user: SignedIn; hasBusiness: boolean };

const stateOf = (session: Session): State =>
  session.user
    ? { kind: "in", user: session.user, hasBusiness: session.has_business !== false }
    : { kind: "out", isSetUp: session.is_set_up, before: null, hasBusiness: true };

/**
 * The office. If a user is signed out meanwhile, they sign in again over the page. The page stays
 * as it is, so that nothing that was typed is lost.
 */
export function App() {
  const api = useOfficeApi();
  const place = usePlace();
  const [state, setState] = useState<State>({ kind: "loading" });
  const [attempt, setAttempt] = useState(0);
  const begin = (session: Session) => setState(stateOf(session));

  useEffect(() => {
    let isCurrent = attempt >= 0;
    api.get<Session>("/session").then(
      (session) => isCurrent && setState(stateOf(session)),
      (error) => {
        if (!(error instanceof Problem)) throw error;
        if (isCurrent) setState({ kind: "unreachable" });
      },
    );
    return () => {
      isCurrent = false;
    };
  }, [api, attempt]);

  useLayoutEffect(
    () =>
      api.onSignedOut(() =>
        setState((now) =>
          now.kind === "in" ? { ...now, kind: "out", isSetUp: true, before: now.user } : now,
        ),
      ),
    [api],
  );

  const isSignedIn = state.kind === "in";
  useEffect(() => {
    if (isSignedIn) api.tellSignedIn();
  }, [api, isSignedIn]);

  if (place.path === "/welcome") {
    const open = (session: Session) => {
      begin(session);
      go("/", { isSame: true });
    };
    return <WelcomePage onSignedIn={open} />;
  }
  if (state.kind === "loading" || state.kind === "unreachable") {
    return (
      <main class="alone">
        <p role="status">{state.kind === "loading" ? texts.loading : texts.unreachable}</p>
        {state.kind === "unreachable" && (
          <button type="button" class="primary" onClick={() => setAttempt(attempt + 1)}>
            {texts.tryAgain}
          </button>
        )}
      </main>
    );
  }
  const user = state.kind === "in" ? state.user : state.before;
  const isFirstRun = !state.hasBusiness && user !== null && user.scopes.includes("catalog:write");
  return (
    <>
      {state.kind === "out" && (
        <SignInPage isSetUp={state.isSetUp} before={state.before} onSignedIn={begin} />
      )}
      {user && (
        <UserContext.Provider value={{ user, renew: begin }}>
          <div class="behind" hidden={state.kind === "out"}>
            {isFirstRun ? <FirstRun /> : <Layout key={user.id} place={place} />}
          </div>
        </UserContext.Provider>
      )}
    </>
  );
}
