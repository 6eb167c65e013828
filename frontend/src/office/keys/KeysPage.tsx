import { useState } from "react";
import type { KeyOut as ApiKey, NewKeyOut as NewKey } from "../api/types";
import { Dialog } from "../components/Dialog";
import { Field } from "../components/Field";
import { moment } from "../components/moment";
import { OnceShown } from "../components/OnceShown";
import { useAction } from "../components/useAction";
import { useLoaded } from "../components/useLoaded";
import { useSubmit } from "../components/useSubmit";
import { useOfficeApi } from "../shell/office";
import * as texts from "../texts";

/** The page on which owners make and revoke API keys for programs. */
export function KeysPage() {
  const { answer, failure, reload } = useLoaded<ApiKey[]>("/keys");
  const [open, setOpen] = useState<"form" | NewKey | null>(null);
  const close = () => {
    setOpen(null);
    reload();
  };
  return (
    <>
      <div class="page-head">
        <h1 tabIndex={-1}>{texts.keys}</h1>
        <button type="button" class="primary" onClick={() => setOpen("form")}>
          {texts.addKey}
        </button>
      </div>
      <p class="quiet">{texts.keysHint}</p>
      {failure && <p role="alert">{failure}</p>}
      {answer?.length === 0 && <p>{texts.noKeys}</p>}
      {answer && answer.length > 0 && (
        <ul class="rows card-rows">
          {answer.map((key) => (
            <KeyRow key={key.id} found={key} onChanged={reload} />
          ))}
        </ul>
      )}
      {open === "form" && (
        <Dialog title={texts.addKey} onClose={close}>
          <KeyForm onClose={close} onMade={setOpen} />
        </Dialog>
      )}
      {open !== null && open !== "form" && (
        <Dialog title={open.key.name} onClose={close}>
          <OnceShown label={texts.keepKey} secret={open.token} />
          <div class="buttons">
            <button type="button" class="primary" onClick={close}>
              {texts.done}
            </button>
          </div>
        </Dialog>
      )}
    </>
  );
}

function KeyRow({ found, onChanged }: { found: ApiKey; onChanged(): void }) {
  const api = useOfficeApi();
  const revoking = useAction(async () => {
    await api.change("DELETE", `/keys/${found.id}`);
    onChanged();
  });
  const isOver = found.expires_at !== null && Date.parse(found.expires_at) <= Date.now();
  const state = found.revoked_at ? texts.isRevoked : isOver ? texts.isOver : "";
  return (
    <li data-testid="key">
      <p class="row-text">
        <span>
          <bdi>{found.name}</bdi>
        </span>
        <span class="quiet">
          {found.scopes.map((each) => texts.scopes[each] ?? each).join(", ")}
        </span>
        <span class="quiet">
          {found.used_at ? texts.lastUsed(moment(found.used_at)) : texts.neverUsed}
          {found.expires_at && !state && ` · ${texts.goodUntil(moment(found.expires_at))}`}
        </span>
        {state && <span class="state">{state}</span>}
        {revoking.failure && (
          <span class="field-error" role="alert">
            {revoking.failure}
          </span>
        )}
      </p>
      {!state && (
        <div class="row-buttons">
          <button
            type="button"
            class="quiet-button danger"
            disabled={revoking.isRunning}
            aria-label={texts.revokeKey(found.name)}
            onClick={() => revoking.run()}
          >
            {texts.revoke}
          </button>
        </div>
      )}
    </li>
  );
}

function KeyForm({ onClose, onMade }: { onClose(): void; onMade(made: NewKey): void }) {
  const api = useOfficeApi();
  const [name, setName] = useState("");
  const [scopes, setScopes] = useState<string[]>([]);
  const [until, setUntil] = useState("");
  const { form, isSending, refusal, submit } = useSubmit(async () => {
    const expires_at = until ? new Date(`${until}T23:59:59`).toISOString() : null;
    onMade(await api.change<NewKey>("POST", "/keys", { name, scopes, expires_at }));
  });
  const toggle = (scope: string) =>
    setScopes(
      scopes.includes(scope) ? scopes.filter((each) => each !== scope) : [...scopes, scope],
    );
  return (
    <form ref={form} class="form" noValidate onSubmit={submit}>
      <Field
        name="name"
        label={texts.keyName}
        hint={texts.keyNameHint}
        value={name}
        error={refusal.fields.name}
        onChange={setName}
      />
      <fieldset class="choices" aria-invalid={refusal.fields.scopes ? true : undefined}>
        <legend class="label">{texts.mayDo}</legend>
        {Object.entries(texts.scopes).map(([scope, text]) => (
          <label key={scope}>
            <input
              type="checkbox"
              name="scopes"
              value={scope}
              checked={scopes.includes(scope)}
              onChange={() => toggle(scope)}
            />
            {text}
          </label>
        ))}
        {refusal.fields.scopes && <p class="field-error">{texts.oneScope}</p>}
      </fieldset>
      <Field
        name="expires_at"
        type="date"
        label={texts.lastDay}
        hint={texts.lastDayHint}
        isOptional
        value={until}
        error={refusal.fields.expires_at}
        onChange={setUntil}
      />
      <p class="form-error" role="alert">
        {refusal.message}
      </p>
      <div class="buttons">
        <button type="submit" class="primary" disabled={isSending}>
          {texts.addKey}
        </button>
        <button type="button" class="secondary" onClick={onClose}>
          {texts.cancel}
        </button>
      </div>
    </form>
  );
}
