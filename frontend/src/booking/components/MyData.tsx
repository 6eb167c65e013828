import { useLayoutEffect, useRef, useState } from "react";
import { createSessionApi } from "../../api/sessionApi";
import type { MyBookings } from "../../core/wire";
import { REMEMBERED } from "../hooks/useRemembered";
import { useRequest } from "../hooks/useRequest";
import { usePageServices } from "../pageServices";
import { saveFile } from "../saveFile";
import { signInRefused } from "../signInRefusals";
import { later, plural } from "../texts";

interface MyDataProps {
  mine: MyBookings;
  onSignedOut(message: string): void;
}

/** Buttons with which customers sign out, get their stored data, or erase it. */
export function MyData({ mine, onSignedOut }: MyDataProps) {
  const { environment, storage, tabStorage } = usePageServices();
  const api = createSessionApi(environment);
  const { isSending, failure, run } = useRequest(signInRefused);
  const [isAsked, setAsked] = useState(false);
  const question = useRef<HTMLFieldSetElement>(null);
  const eraseButton = useRef<HTMLButtonElement>(null);
  const wasAsked = useRef(false);
  useLayoutEffect(() => {
    if (isAsked) question.current?.focus();
    else if (wasAsked.current) eraseButton.current?.focus();
    wasAsked.current = isAsked;
  }, [isAsked]);

  const signOut = (everywhere: boolean) =>
    run(async () => {
      await api.signOut(everywhere);
      onSignedOut(later.signedOut);
    });
  const save = () => run(async () => saveFile(await api.data(), "my-data.json"));
  const erase = () =>
    run(async () => {
      await api.erase();
      storage.remove(REMEMBERED);
      for (const kept of ["customer", "answers", "booked"]) tabStorage.remove(kept);
      onSignedOut(later.erased);
    });
  // A booking that has begun isn't cancelled.
  const now = environment.serverClock.now();
  const cancellable = mine.upcoming.filter((each) => Date.parse(each.starts_at) > now);
  const button = (name: string, onClick: () => void) => (
    <button type="button" class="link" disabled={isSending} onClick={onClick}>
      {name}
    </button>
  );

  return (
    <section class="my-data" aria-labelledby="my-data">
      <h3 id="my-data">{later.myData}</h3>
      {failure && (
        <p class="wrong" role="alert">
          {failure}
        </p>
      )}
      {isAsked ? (
        <fieldset class="question" ref={question} tabIndex={-1}>
          <legend>
            {[
              later.eraseQuestion,
              cancellable.length > 0 && plural(later.eraseBookings, cancellable.length),
              later.eraseForGood,
            ]
              .filter(Boolean)
              .join(" ")}
          </legend>
          <button
            type="button"
            class="secondary danger"
            data-testid="erase-yes"
            disabled={isSending}
            onClick={erase}
          >
            {later.eraseYes}
          </button>
          <button type="button" class="secondary" onClick={() => setAsked(false)}>
            {later.eraseNo}
          </button>
        </fieldset>
      ) : (
        <div class="actions">
          {button(later.signOut, () => signOut(false))}
          {button(later.signOutEverywhere, () => signOut(true))}
          {button(later.saveData, save)}
          <button
            type="button"
            class="link"
            ref={eraseButton}
            data-testid="erase"
            disabled={isSending}
            onClick={() => setAsked(true)}
          >
            {later.erase}
          </button>
        </div>
      )}
    </section>
  );
}
