import { useLayoutEffect, useRef, useState } from "react";
import { createManageApi, type ManageLink } from "../../api/manageApi";
import { Problem } from "../../api/problem";
import type { Booking, ManagedBooking } from "../../core/wire";
import { AddToCalendar } from "../components/AddToCalendar";
import { AnswerUntil } from "../components/AnswerUntil";
import { Appointment } from "../components/Appointment";
import { ChangeUntil, useChangeable } from "../components/ChangeUntil";
import { GivenAnswers } from "../components/GivenAnswers";
import type { Catalog } from "../offer/catalog";
import { usePageServices } from "../pageServices";
import { explainRefusal } from "../refusals";
import { linkTo, type Route } from "../route";
import { fill, later } from "../texts";

interface ManageStepProps {
  catalog: Catalog;
  booking: ManagedBooking;
  timeZone: string;
  message: string;
  link: ManageLink;
  onMove(): void;
  onCancelled(booking: Booking): void;
}

/** The step that shows a booking in its present state, and lets its customer move or cancel it. */
export function ManageStep(props: ManageStepProps) {
  const { catalog, booking, timeZone, message, link, onMove, onCancelled } = props;
  const services = usePageServices();
  const [isAsked, setAsked] = useState(false);
  const question = useRef<HTMLFieldSetElement>(null);
  const cancelButton = useRef<HTMLButtonElement>(null);
  const ask = (asked: boolean) => {
    setAsked(asked);
    setFailure("");
  };
  const wasAsked = useRef(false);
  useLayoutEffect(() => {
    if (isAsked) question.current?.focus();
    else if (wasAsked.current) cancelButton.current?.focus();
    wasAsked.current = isAsked;
  }, [isAsked]);
  const [isSending, setSending] = useState(false);
  const [failure, setFailure] = useState("");
  const isDeclined = booking.status === "declined";
  const isOff = isDeclined || booking.status === "cancelled";
  const { isConfirmed, isRequest, canMove, canCancel, hasBegun } = useChangeable(booking);
  const { service_id: serviceId, resource_id: staff } = booking;
  const again: Route = catalog.services.some(({ id }) => id === serviceId)
    ? { step: "time", serviceId, staff, day: null }
    : { step: "service" };
  const isQuestion = isAsked && canCancel;

  const cancel = async () => {
    setSending(true);
    try {
      const cancelled = await createManageApi(services, link).cancel();
      // The visitor can go back to the confirmation, which would show the old state.
      services.tabStorage.remove("booked");
      onCancelled(cancelled);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      setFailure(explainRefusal(error.code, ""));
    }
    setSending(false);
  };

  return (
    <section class="done">
      <h2 tabIndex={-1}>{titleOf(booking)}</h2>
      <p class={failure ? "notice card" : "notice"} data-testid="notice" role="status">
        {isOff ? (isDeclined ? later.declinedText : later.cancelledText) : failure || message}
      </p>
      <AnswerUntil booking={booking} timeZone={timeZone} />
      <Appointment catalog={catalog} booking={booking} timeZone={timeZone} />
      {booking.customer && (
        <p class="quiet">{fill(later.bookedFor, { name: booking.customer.name })}</p>
      )}
      <GivenAnswers booking={booking} />
      {isOff && (
        <a class="secondary" href={linkTo(again)}>
          {later.bookAgain}
        </a>
      )}
      {isConfirmed && !hasBegun && (
        <AddToCalendar catalog={catalog} booking={booking} link={link} />
      )}
      <ChangeUntil booking={booking} timeZone={timeZone} />
      {canMove && booking.unmovable && (
        <p data-testid="unmovable">
          {explainRefusal(booking.unmovable, "")} {canCancel && later.canBeCancelled}
        </p>
      )}
      {(canMove || canCancel) && !isQuestion && (
        <div class="actions">
          {canMove && !booking.unmovable && (
            <button type="button" class="primary" data-testid="move" onClick={onMove}>
              {later.otherTime}
            </button>
          )}
          {canCancel && (
            <button
              type="button"
              class="secondary danger"
              ref={cancelButton}
              data-testid="cancel"
              onClick={() => ask(true)}
            >
              {isRequest ? later.withdraw : later.cancel}
            </button>
          )}
        </div>
      )}
      {isQuestion && (
        <fieldset class="question" ref={question} tabIndex={-1}>
          <legend>{isRequest ? later.withdrawQuestion : later.cancelQuestion}</legend>
          <button
            type="button"
            class="secondary danger"
            data-testid="cancel-yes"
            disabled={isSending}
            onClick={cancel}
          >
            {isRequest ? later.withdrawYes : later.cancelYes}
          </button>
          <button type="button" class="secondary" onClick={() => ask(false)}>
            {later.cancelNo}
          </button>
        </fieldset>
      )}
    </section>
  );
}

function titleOf({ status }: Booking): string {
  if (status === "requested") return later.requestTitle;
  if (status === "declined") return later.declinedTitle;
  return status === "cancelled" ? later.cancelledTitle : later.manageTitle;
}
