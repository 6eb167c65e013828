import { useEffect, useState } from "react";
import { send } from "../../api/send";
import type { FeedOut as Feed, NewFeedOut as NewFeed } from "../api/types";
import { Dialog } from "../components/Dialog";
import { moment } from "../components/moment";
import { OnceShown } from "../components/OnceShown";
import { Select } from "../components/Select";
import { useAction } from "../components/useAction";
import { useLoaded } from "../components/useLoaded";
import { useSubmit } from "../components/useSubmit";
import { feeds } from "../shell/names";
import { useOfficeApi, useUser } from "../shell/office";
import * as officeTexts from "../texts";
import * as texts from "./texts";

interface Resource {
  id: number;
  name: string;
}

const ownerOf = (feed: Feed) => feed.resource ?? texts.wholeBusiness;

/** The page about calendar feeds: addresses at which calendar programs read bookings. */
export function FeedsPage() {
  const { answer, failure, reload } = useLoaded<Feed[]>("/feeds");
  const [open, setOpen] = useState<"form" | NewFeed | null>(null);
  const close = () => {
    setOpen(null);
    reload();
  };
  return (
    <>
      <div class="page-head">
        <h1 tabIndex={-1}>{feeds}</h1>
        <button type="button" class="primary" onClick={() => setOpen("form")}>
          {texts.add}
        </button>
      </div>
      <p class="quiet">{texts.hint}</p>
      {failure && <p role="alert">{failure}</p>}
      {answer?.length === 0 && <p>{texts.none}</p>}
      {answer && answer.length > 0 && (
        <ul class="rows card-rows">
          {answer.map((feed) => (
            <FeedRow key={feed.id} feed={feed} onChanged={reload} />
          ))}
        </ul>
      )}
      {open === "form" && (
        <Dialog title={texts.add} onClose={close}>
          <FeedForm onClose={close} onMade={setOpen} />
        </Dialog>
      )}
      {open !== null && open !== "form" && (
        <Dialog title={ownerOf(open.feed)} onClose={close}>
          <OnceShown label={texts.keep} secret={open.address} />
          <div class="buttons">
            <button type="button" class="primary" onClick={close}>
              {officeTexts.done}
            </button>
          </div>
        </Dialog>
      )}
    </>
  );
}

function FeedRow({ feed, onChanged }: { feed: Feed; onChanged(): void }) {
  const api = useOfficeApi();
  const revoking = useAction(async () => {
    await api.change("DELETE", `/feeds/${feed.id}`);
    onChanged();
  });
  return (
    <li data-testid="feed">
      <p class="row-text">
        <span>
          <bdi>{ownerOf(feed)}</bdi>
        </span>
        <span class="quiet">{texts.madeOn(moment(feed.created_at))}</span>
        {revoking.failure && (
          <span class="field-error" role="alert">
            {revoking.failure}
          </span>
        )}
      </p>
      <div class="row-buttons">
        <button
          type="button"
          class="quiet-button danger"
          disabled={revoking.isRunning}
          aria-label={texts.revokeOf(ownerOf(feed))}
          onClick={() => revoking.run()}
        >
          {texts.revoke}
        </button>
      </div>
    </li>
  );
}

interface FeedFormProps {
  onClose(): void;
  onMade(made: NewFeed): void;
}

/** The form for a new feed. Staff can only choose their own calendar. */
function FeedForm({ onClose, onMade }: FeedFormProps) {
  const api = useOfficeApi();
  const { user } = useUser();
  const own = user.role === "staff" ? user.resource_id : null;
  const [resource, setResource] = useState(own === null ? "" : String(own));
  const [resources, setResources] = useState<Resource[]>([]);
  useEffect(() => {
    send<Resource[]>(api.environment, "/api/v1/resources").then(setResources, () => {});
  }, [api]);
  const { form, isSending, refusal, submit } = useSubmit(async () => {
    const resource_id = resource === "" ? null : Number(resource);
    onMade(await api.change<NewFeed>("POST", "/feeds", { resource_id }));
  });
  const options = resources
    .filter(({ id }) => own === null || id === own)
    .map(({ id, name }) => ({ value: String(id), text: name }));
  return (
    <form ref={form} class="form" noValidate onSubmit={submit}>
      <Select
        name="resource_id"
        label={texts.ofWhom}
        value={resource}
        options={own === null ? [{ value: "", text: texts.wholeBusiness }, ...options] : options}
        error={refusal.fields.resource_id}
        onChange={setResource}
      />
      <p class="form-error" role="alert">
        {refusal.message}
      </p>
      <div class="buttons">
        <button type="submit" class="primary" disabled={isSending}>
          {texts.add}
        </button>
        <button type="button" class="secondary" onClick={onClose}>
          {officeTexts.cancel}
        </button>
      </div>
    </form>
  );
}
