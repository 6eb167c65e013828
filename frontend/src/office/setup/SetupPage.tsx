import type { RefObject } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "react";
import type { Session } from "../api/officeApi";
import type { SetupOut as Setup } from "../api/types";
import { useLoaded } from "../components/useLoaded";
import { useSubmit } from "../components/useSubmit";
import { useOfficeApi, useUser } from "../shell/office";
import * as texts from "../texts";
import { type Draft, forgetDraft, keepDraft, newDraft, readDraft, tablesOf } from "./draft";
import { BusinessStep, PersonStep, ServiceStep } from "./steps";

export type { SetupOut as Setup } from "../api/types";

const STEPS = [BusinessStep, PersonStep, ServiceStep] as const;

/**
 * The first run, while there is no catalog: it leads the owner from the business to the public
 * link.
 */
export function SetupPage() {
  const { answer, failure } = useLoaded<Setup>("/setup");
  useEffect(() => {
    document.title = `${texts.setUp} · ${texts.office}`;
  }, []);
  if (!answer) {
    return (
      <main class="alone">
        <p role="status">{failure || texts.loading}</p>
      </main>
    );
  }
  return <Steps setup={answer} />;
}

function Steps({ setup }: { setup: Setup }) {
  const api = useOfficeApi();
  const { user, renew } = useUser();
  const [draft, setDraft] = useState<Draft>(() => readDraft(newDraft(user.name, setup.languages)));
  const [step, setStep] = useState(1);
  const [warnings, setWarnings] = useState<string[]>([]);
  const heading = useRef<HTMLHeadingElement>(null);
  const change = (part: Partial<Draft>) => {
    const changed = { ...draft, ...part };
    keepDraft(changed);
    setDraft(changed);
    setWarnings([]);
  };
  const { form, isSending, refusal, submit } = useSubmit(async () => {
    const tables = tablesOf(draft, step);
    const checked = await api.change<{ warnings: string[] }>("POST", "/setup/check", tables);
    if (step < STEPS.length) {
      setStep(step + 1);
    } else if (checked.warnings.length > 0) {
      setWarnings(checked.warnings);
    } else {
      await api.change("POST", "/setup", tables);
      forgetDraft();
      setStep(step + 1);
    }
  });
  useLayoutEffect(() => {
    const first = form.current?.querySelector<HTMLElement>("input, select");
    (step > STEPS.length ? heading.current : first)?.focus();
  }, [step, form]);

  if (step > STEPS.length) {
    const open = async () => renew(await api.get<Session>("/session"));
    return <Done address={setup.address} heading={heading} onOpen={open} />;
  }
  const Step = STEPS[step - 1] ?? BusinessStep;
  return (
    <main class="alone wide">
      <form ref={form} class="card" noValidate onSubmit={submit}>
        <p class="quiet" aria-live="polite">
          {texts.stepOf(step, STEPS.length)}
        </p>
        <Step draft={draft} setup={setup} faults={refusal.fields} onChange={change} />
        {warnings.map((warning) => (
          <p key={warning} class="form-error" role="alert">
            {warning}
          </p>
        ))}
        <p class="form-error" role="alert">
          {refusal.message}
        </p>
        <div class="buttons">
          <button type="submit" class="primary" disabled={isSending}>
            {step === STEPS.length ? texts.finish : texts.goOn}
          </button>
          {step > 1 && (
            <button type="button" class="secondary" onClick={() => setStep(step - 1)}>
              {texts.back}
            </button>
          )}
        </div>
      </form>
    </main>
  );
}

interface DoneProps {
  address: string;
  heading: RefObject<HTMLHeadingElement | null>;
  onOpen(): void;
}

const LOOPBACK = /^(localhost|127\.[\d.]+|\[::1\])$/;

/** The last step: the public link, a booking to try it, and the way into the office. */
function Done({ address, heading, onOpen }: DoneProps) {
  const [isCopied, setCopied] = useState(false);
  const isLocal = LOOPBACK.test(new URL(address).hostname);
  const copy = () =>
    navigator.clipboard.writeText(address).then(
      () => setCopied(true),
      () => setCopied(false),
    );
  return (
    <main class="alone wide">
      <div class="card">
        <h1 ref={heading} tabIndex={-1}>
          {texts.setUpDone}
        </h1>
        <p>{texts.publicLink}</p>
        <p class="public-link">
          <a href={address} target="_blank" rel="noreferrer">
            {address}
          </a>
        </p>
        {isLocal && <p class="hint">{texts.onThisMachine}</p>}
        {/* Browsers let only pages with TLS, or of this machine, write to the clipboard. */}
        {navigator.clipboard && (
          <p>
            <button type="button" class="secondary" onClick={copy}>
              {texts.copyLink}
            </button>
          </p>
        )}
        <p role="status">{isCopied && texts.linkCopied}</p>
        <p>{texts.tryBooking}</p>
        <div class="buttons">
          <a class="primary" href={address} target="_blank" rel="noreferrer">
            {texts.openPage}
          </a>
          <button type="button" class="secondary" onClick={onOpen}>
            {texts.openOffice}
          </button>
        </div>
      </div>
    </main>
  );
}
