import { useEffect, useRef, useState } from "react";
import { createManageApi, type ManageLink } from "../../api/manageApi";
import { Problem } from "../../api/problem";
import type { Booking, ManagedBooking } from "../../core/wire";
import { Appointment } from "../components/Appointment";
import { moment } from "../format/format";
import { useServerNow } from "../hooks/useRepeatedly";
import type { Catalog } from "../offer/catalog";
import { usePageServices } from "../pageServices";
import { addressOf } from "../route";
import * as texts from "../texts";

const LOOK_AGAIN = 5_000;

interface ManageStepProps {
  catalog: Catalog;
  booking: ManagedBooking;
  timeZone: string;
  message: string;
  link: ManageLink;
  onMove(): void;
  onCancelled(booking: Booking): void;
}

/** The booking as it stands, and the two things that can be done with it. */
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
  useEffect(() => {
    if (isAsked) question.current?.focus();
    else if (wasAsked.current) cancelButton.current?.focus();
    wasAsked.current = isAsked;
  }, [isAsked]);
  const [isSending, setSending] = useState(false);
  const [failure, setFailure] = useState("");
  const isCancelled = booking.status === "cancelled";
  const now = useServerNow(LOOK_AGAIN);
  const isConfirmed = booking.status === "confirmed";
  const canChange = isConfirmed && now < Date.parse(booking.change_until);
  const hasBegun = Date.parse(booking.starts_at) <= now;
  const until = moment(booking.change_until, timeZone);

  const cancel = async () => {
    setSending(true);
    try {
      onCancelled(await createManageApi(services, link).cancel());
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      setFailure(texts.refused(error.code, ""));
    }
    setSending(false);
  };

  return (
    <section class="done">
      <h2 tabIndex={-1}>{isCancelled ? texts.cancelledTitle : texts.manageTitle}</h2>
      <p class="notice" data-testid="notice" role="status">
        {isCancelled ? texts.cancelledText : failure || message}
      </p>
      <Appointment catalog={catalog} booking={booking} timeZone={timeZone} />
      {booking.customer && <p class="quiet">{texts.bookedFor(booking.customer.name)}</p>}
      {isCancelled && (
        <a class="secondary" href={addressOf({ step: "service" })}>
          {texts.bookAnother}
        </a>
      )}
      {isConfirmed && !hasBegun && (
        <p class="quiet" data-testid="change-until">
          {canChange ? texts.changeUntil(until) : texts.changeWasUntil(until)}
        </p>
      )}
      {canChange && booking.unmovable && (
        <p data-testid="unmovable">{texts.refused(booking.unmovable, "")}</p>
      )}
      {canChange && !isAsked && (
        <div class="actions">
          {!booking.unmovable && (
            <button type="button" class="primary" data-testid="move" onClick={onMove}>
              {texts.otherTime}
            </button>
          )}
          <button
            type="button"
            class="secondary danger"
            ref={cancelButton}
            data-testid="cancel"
            onClick={() => ask(true)}
          >
            {texts.cancel}
          </button>
        </div>
      )}
      {canChange && isAsked && (
        <fieldset class="question" ref={question} tabIndex={-1}>
          <legend>{texts.cancelQuestion}</legend>
          <button
            type="button"
            class="secondary danger"
            data-testid="cancel-yes"
            disabled={isSending}
            onClick={cancel}
          >
            {texts.cancelYes}
          </button>
          <button type="button" class="secondary" onClick={() => ask(false)}>
            {texts.cancelNo}
          </button>
        </fieldset>
      )}
    </section>
  );
}
