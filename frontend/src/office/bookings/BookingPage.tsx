import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef, useState } from "react";
import { Declined, insist } from "../calendar/actions";
import { dayIn, TimeWriter } from "../calendar/time";
import { Dialog } from "../components/Dialog";
import { momentIn } from "../components/moment";
import { useAction } from "../components/useAction";
import { useLoaded } from "../components/useLoaded";
import { useNews } from "../components/useNews";
import { useOfficeApi, useUser } from "../shell/office";
import { addressOf } from "../shell/router";
import { Answers } from "./Answers";
import * as answers from "./answerTexts";
import { nameOf, Status } from "./BookingRows";
import { DeclineForm } from "./DeclineForm";
import { EditDialog } from "./EditDialog";
import { Events, Letters, Rivals } from "./History";
import { lastList } from "./lastList";
import { TimeDialog } from "./TimeDialog";
import * as texts from "./texts";
import { useAsking } from "./useAsking";
import type { BookingFile } from "./wire";

const times = new TimeWriter(document.documentElement.lang);

/** The page of one booking, with everything that is known about it and can be done with it. */
export function BookingPage({ reference }: { reference: string }) {
  const path = `/bookings/${encodeURIComponent(reference)}`;
  const { answer, failure, reload } = useLoaded<BookingFile>(path);
  useNews(reload);
  const heading = useRef<HTMLHeadingElement>(null);
  const isKnown = answer !== null;
  useLayoutEffect(() => {
    if (isKnown) heading.current?.focus();
  }, [isKnown]);
  return (
    <>
      <p>
        <a href={addressOf(lastList())}>{texts.bookings}</a>
      </p>
      {failure && <p role="alert">{failure}</p>}
      {answer && (
        <>
          <div class="page-head">
            <h1 ref={heading} tabIndex={-1}>
              <bdi>{nameOf(answer.booking)}</bdi>
            </h1>
            <Status status={answer.booking.status} />
          </div>
          <Facts file={answer} />
          <Answers booking={answer.booking} />
          <Actions file={answer} onChanged={reload} />
          <Events file={answer} />
          <Rivals file={answer} />
          <Letters file={answer} onSent={reload} />
        </>
      )}
    </>
  );
}

function Facts({ file: { booking, time_zone: zone } }: { file: BookingFile }) {
  const { user } = useUser();
  const { customer } = booking;
  const day = dayIn(Date.parse(booking.starts_at), zone);
  const facts: [string, ComponentChildren][] = [
    [
      texts.when,
      <>
        {times.longDay(day)}, {times.span(booking.starts_at, booking.ends_at, zone)}{" "}
        <span class="quiet">({zone})</span>{" "}
        <a href={addressOf(`/calendar?day=${day}`)}>{texts.inCalendar}</a>
      </>,
    ],
    [texts.service, <bdi key="service">{booking.service_name}</bdi>],
    [texts.resource, <bdi key="resource">{booking.resource_name}</bdi>],
  ];
  if (booking.price !== null) facts.push([texts.price, `${booking.price} ${booking.currency}`]);
  if (customer?.email) {
    facts.push([
      texts.email,
      <a key="email" href={`mailto:${encodeURIComponent(customer.email)}`}>
        <bdi>{customer.email}</bdi>
      </a>,
    ]);
  }
  if (customer?.phone) {
    facts.push([
      texts.phone,
      <a key="phone" href={`tel:${customer.phone.replace(/[^+\d]/g, "")}`}>
        <bdi>{customer.phone}</bdi>
      </a>,
    ]);
  }
  if (booking.notes) {
    facts.push([
      texts.notes,
      <span key="notes" class="long-text" dir="auto">
        {booking.notes}
      </span>,
    ]);
  }
  facts.push([
    texts.made,
    texts.madeAt(texts.sources[booking.source], momentIn(booking.created_at, zone)),
  ]);
  facts.push([texts.number, <code key="number">{booking.reference}</code>]);
  return (
    <div class="card">
      <dl class="facts">
        {facts.map(([name, value]) => (
          <div key={name} class="fact">
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {booking.customer_id && user.scopes.includes("customers:read") && (
        <p>
          <a href={addressOf(`/customers/${booking.customer_id}`)}>{texts.allOfCustomer}</a>
        </p>
      )}
    </div>
  );
}

interface ActionsProps {
  file: BookingFile;
  onChanged(): void;
}

type Open = "edit" | "time" | "cancel" | "decline" | null;

function Actions({ file, onChanged }: ActionsProps) {
  const { user } = useUser();
  const api = useOfficeApi();
  const [open, setOpen] = useState<Open>(null);
  const { booking } = file;
  const path = `/bookings/${encodeURIComponent(booking.reference)}`;
  const { ask, question } = useAsking();
  const acting = useAction(async (what: string) => {
    const { resource_id, starts_at, ends_at } = booking;
    // A request may have been moved since the user saw it.
    const body = what === "approve" ? { seen: { resource_id, starts_at, ends_at } } : undefined;
    await api.change("POST", `${path}/${what}`, body);
    onChanged();
  });
  const reopening = useAction(async () => {
    try {
      await insist(ask, (override) => api.change("POST", `${path}/reopen`, { override }), []);
    } catch (error) {
      if (!(error instanceof Declined)) throw error;
    }
    onChanged();
  });
  const close = (isChanged: boolean) => {
    setOpen(null);
    if (isChanged) onChanged();
  };
  if (!user.scopes.includes("bookings:write") || booking.kind !== "booking") return null;
  const isLive = booking.status === "confirmed";
  const isRequest = booking.status === "requested";
  const hasBegun = Date.parse(booking.starts_at) <= api.environment.serverClock.now();
  const button = (text: string, onClick: () => void, look = "secondary") => (
    <button type="button" class={look} disabled={acting.isRunning} onClick={onClick}>
      {text}
    </button>
  );
  return (
    <div class="actions">
      {booking.answer_until && (
        <p>{answers.answerUntil(momentIn(booking.answer_until, file.time_zone))}</p>
      )}
      <div class="buttons">
        {isRequest && button(answers.approve, () => acting.run("approve"), "primary")}
        {isRequest && button(answers.decline, () => setOpen("decline"), "secondary danger")}
        {isLive && hasBegun && button(texts.complete, () => acting.run("complete"))}
        {isLive && hasBegun && button(texts.noShow, () => acting.run("no-show"))}
        {(isLive || isRequest) && button(texts.changeTime, () => setOpen("time"))}
        {booking.customer && button(texts.edit, () => setOpen("edit"))}
        {isLive && button(texts.cancelBooking, () => setOpen("cancel"), "secondary danger")}
        {!isLive && !isRequest && booking.customer && button(texts.reopen, () => reopening.run())}
      </div>
      {(acting.failure || reopening.failure) && (
        <p role="alert">{acting.failure || reopening.failure}</p>
      )}
      {question}
      {open === "edit" && <EditDialog booking={booking} onClose={close} />}
      {open === "time" && <TimeDialog file={file} onClose={close} />}
      {open === "decline" && (
        <Dialog title={answers.declineTitle} onClose={() => close(false)}>
          <DeclineForm
            onDecline={async (reason) => {
              await api.change("POST", `${path}/decline`, { reason });
              close(true);
            }}
            onBack={() => close(false)}
          />
        </Dialog>
      )}
      {open === "cancel" && (
        <Dialog title={texts.cancelOne} onClose={() => setOpen(null)}>
          <p>{texts.cancelOneHint}</p>
          <div class="buttons">
            {button(
              texts.cancelBooking,
              () => {
                setOpen(null);
                void acting.run("cancel");
              },
              "secondary danger",
            )}
            {button(texts.keep, () => setOpen(null))}
          </div>
        </Dialog>
      )}
    </div>
  );
}
