import { useState } from "react";
import type { Problem } from "../../api/problem";
import { createSessionApi } from "../../api/sessionApi";
import type { MyBookings } from "../../core/wire";
import { usePageServices } from "../pageServices";
import { useQuestion } from "./useQuestion";

type State =
  | { kind: "loading" }
  | { kind: "signedOut" }
  | { kind: "known"; mine: MyBookings }
  | { kind: "failed"; code: string };

const EVERY = 60_000;
const RETRY = 5_000;

/** Returns the bookings of the customer who is signed in, and keeps them current. */
export function useMyBookings() {
  const { environment } = usePageServices();
  const [state, setState] = useState<State>({ kind: "loading" });
  const isSignedOut = state.kind === "signedOut";
  const askAgain = useQuestion(
    {
      ask: () => createSessionApi(environment).bookings(),
      receive: (mine: MyBookings) => setState({ kind: "known", mine }),
      fail({ code, status }: Problem) {
        if (status === 401) setState({ kind: "signedOut" });
        else if (state.kind !== "known" && !isSignedOut) setState({ kind: "failed", code });
      },
      every: state.kind === "failed" ? RETRY : EVERY,
    },
    "my bookings",
  );
  return { state, askAgain, signOut: () => setState({ kind: "signedOut" }) };
}
