import { useEffect, useState } from "react";
import { send } from "../../api/send";
import type {
  SubscriptionConflictOut as Conflict,
  CalendarSubscriptionOut as Subscription,
  CalendarSubscriptionsOut as Subscriptions,
} from "../api/types";
import { Dialog } from "../components/Dialog";
import { moment } from "../components/moment";
import { useAction } from "../components/useAction";
import { useLoaded } from "../components/useLoaded";
import { subscriptions } from "../shell/names";
import { useOfficeApi, useUser } from "../shell/office";
import { addressOf } from "../shell/router";
import { NameForm, type Resource, SubscriptionForm } from "./forms";
import * as texts from "./texts";

const PATH = "/calendar-subscriptions";
/** Milliseconds between two requests for the state of the subscriptions. */
const SOON = 1_000;
const LATER = 30_000;

/**
 * The page about calendar subscriptions: other calendars, whose busy times can't be booked here.
 */
export function SubscriptionsPage() {
  const api = useOfficeApi();
  const { user } = useUser();
  const { answer, failure, reload } = useLoaded<Subscriptions>(PATH);
  const [resources, setResources] = useState<Resource[]>([]);
  const [asked, setAsked] = useState<ReadonlyMap<number, string | null>>(new Map());
  const [open, setOpen] = useState<"form" | Subscription | null>(null);
  const own = user.role === "staff" ? user.resource_id : null;
  useEffect(() => {
    send<Resource[]>(api.environment, "/api/v1/resources").then(
      (all) => setResources(all.filter(({ id }) => own === null || id === own)),
      () => {},
    );
  }, [api, own]);

  const isReading = (each: Subscription) =>
    each.read_at === null || (asked.has(each.id) && asked.get(each.id) === each.read_at);
  const isWaiting = answer?.subscriptions.some(isReading) ?? false;
  useEffect(() => {
    const timer = setTimeout(reload, isWaiting ? SOON : LATER);
    return () => clearTimeout(timer);
  });

  const close = () => {
    setOpen(null);
    reload();
  };
  const ask = async (each: Subscription) => {
    await api.change("POST", `${PATH}/${each.id}/read`);
    setAsked(new Map(asked).set(each.id, each.read_at));
    reload();
  };
  return (
    <>
      <div class="page-head">
        <h1 tabIndex={-1}>{subscriptions}</h1>
        <button type="button" class="primary" onClick={() => setOpen("form")}>
          {texts.add}
        </button>
      </div>
      <p class="quiet">{texts.hint}</p>
      {failure && <p role="alert">{failure}</p>}
      {answer?.subscriptions.length === 0 && <p>{texts.none}</p>}
      {answer && answer.subscriptions.length > 0 && (
        <ul class="rows card-rows">
          {answer.subscriptions.map((each) => (
            <SubscriptionRow
              key={each.id}
              subscription={each}
              isReading={isReading(each)}
              onRead={() => ask(each)}
              onRename={() => setOpen(each)}
              onChanged={reload}
            />
          ))}
        </ul>
      )}
      {answer && answer.conflicts.length > 0 && <Conflicts answer={answer} />}
      {open === "form" && (
        <Dialog title={texts.add} onClose={close}>
          <SubscriptionForm path={PATH} resources={resources} onDone={close} />
        </Dialog>
      )}
      {open !== null && open !== "form" && (
        <Dialog title={texts.renameOf(open.name)} onClose={close}>
          <NameForm path={`${PATH}/${open.id}`} name={open.name} onDone={close} />
        </Dialog>
      )}
    </>
  );
}

interface RowProps {
  subscription: Subscription;
  isReading: boolean;
  onRead(): Promise<void>;
  onRename(): void;
  onChanged(): void;
}

function SubscriptionRow({ subscription, isReading, onRead, onRename, onChanged }: RowProps) {
  const api = useOfficeApi();
  const { name } = subscription;
  const reading = useAction(onRead);
  const removing = useAction(async () => {
    await api.change("DELETE", `${PATH}/${subscription.id}`);
    onChanged();
  });
  const failure = reading.failure || removing.failure;
  return (
    <li data-testid="subscription">
      <p class="row-text">
        <span>
          <bdi>{subscription.resource}</bdi>: <bdi>{name}</bdi>
        </span>
        <bdi class="quiet">{subscription.address}</bdi>
        <State subscription={subscription} isReading={isReading} />
        {subscription.unread.length > 0 && <Unread subscription={subscription} />}
        {failure && (
          <span class="field-error" role="alert">
            {failure}
          </span>
        )}
      </p>
      <div class="row-buttons">
        <button
          type="button"
          class="quiet-button"
          disabled={isReading || reading.isRunning}
          aria-label={texts.readNowOf(name)}
          onClick={() => reading.run()}
        >
          {texts.readNow}
        </button>
        <button
          type="button"
          class="quiet-button"
          aria-label={texts.renameOf(name)}
          onClick={onRename}
        >
          {texts.rename}
        </button>
        <button
          type="button"
          class="quiet-button danger"
          disabled={removing.isRunning}
          aria-label={texts.removeOf(name)}
          onClick={() => removing.run()}
        >
          {texts.remove}
        </button>
      </div>
    </li>
  );
}

/** Says how old the busy times are, and why they are not newer. */
function State({ subscription, isReading }: { subscription: Subscription; isReading: boolean }) {
  const { fault, fault_detail, read_at, succeeded_at } = subscription;
  if (isReading)
    return <span class="quiet">{read_at === null ? texts.reading : texts.isReading}</span>;
  if (fault !== null)
    return (
      <span class="state">
        {texts.fault(fault, fault_detail)}{" "}
        {succeeded_at === null ? texts.never : texts.stays(moment(succeeded_at))}
      </span>
    );
  return <span class="quiet">{succeeded_at && texts.readAt(moment(succeeded_at))}</span>;
}

/** Lists the entries whose times are not used as the other calendar has them. */
function Unread({ subscription: { unread } }: { subscription: Subscription }) {
  return (
    <>
      <span class="state">{texts.unread(unread.length)}</span>
      {unread.map(({ title, reason, starts_at }) => (
        <bdi key={`${title} ${reason} ${starts_at}`} data-testid="unread">
          {texts.unreadEntry(title, starts_at && moment(starts_at), reason)}
        </bdi>
      ))}
    </>
  );
}

function Conflicts({ answer }: { answer: Subscriptions }) {
  const nameOf = (each: Conflict) =>
    answer.subscriptions.find(({ id }) => id === each.subscription_id)?.name ?? "";
  return (
    <section class="section" aria-labelledby="conflicts">
      <h2 id="conflicts">{texts.conflicts}</h2>
      <p class="quiet">{texts.conflictsHint}</p>
      <ul class="rows card-rows">
        {answer.conflicts.map((each) => (
          <li key={`${each.reference} ${each.busy_from} ${each.subscription_id}`}>
            <p class="row-text">
              <span>
                <bdi>{each.resource}</bdi>:{" "}
                <bdi>{texts.conflict(each.title || texts.busy, nameOf(each))}</bdi>
              </span>
              <span class="quiet">
                {texts.span(moment(each.busy_from), moment(each.busy_until))}
              </span>
              <a href={addressOf(`/bookings/${each.reference}`)}>
                {texts.booking(each.reference, moment(each.starts_at))}
              </a>
            </p>
          </li>
        ))}
      </ul>
    </section>
  );
}
