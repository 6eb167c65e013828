import { AddToCalendar } from "../components/AddToCalendar";
import { AnswerUntil } from "../components/AnswerUntil";
import { Appointment } from "../components/Appointment";
import { ChangeUntil, useChangeable } from "../components/ChangeUntil";
import { GivenAnswers } from "../components/GivenAnswers";
import { Icon } from "../components/Icon";
import { KeepLink } from "../components/KeepLink";
import type { Booked } from "../hooks/useConfirmation";
import type { Go } from "../hooks/useRoute";
import type { Catalog } from "../offer/catalog";
import { usePageServices } from "../pageServices";
import { fill, later } from "../texts";

interface DoneStepProps {
  catalog: Catalog;
  reference: string;
  go: Go;
}

/** The last step: the confirmed booking, and how to change it. */
export function DoneStep({ catalog, reference, go }: DoneStepProps) {
  const booking = useBooked(reference);
  const { business } = catalog;
  const isRequest = booking?.status === "requested";
  return (
    <section class="done">
      {booking ? (
        <>
          <span class="done-mark">
            <Icon name={isRequest ? "clock" : "tick"} />
          </span>
          <h2 tabIndex={-1}>
            {fill(isRequest ? later.requested : later.done, { name: booking.customer.name })}
          </h2>
          <AnswerUntil booking={booking} timeZone={booking.timeZone} />
          <Appointment catalog={catalog} booking={booking} timeZone={booking.timeZone} />
          <GivenAnswers booking={booking} />
          {business.can_sign_in && (
            <p>
              {fill(isRequest ? later.answerTo : later.letterTo, { email: booking.customer.email })}
            </p>
          )}
          {!isRequest && (
            <AddToCalendar
              catalog={catalog}
              booking={booking}
              link={{ reference, token: booking.manage_token }}
            />
          )}
          <Changing booking={booking} title={business.name} />
        </>
      ) : (
        <>
          <h2 tabIndex={-1}>{fill(later.bookedElsewhere, { reference })}</h2>
          <p>{later.useItsLink}</p>
        </>
      )}
      <button type="button" class="link" onClick={() => go({ step: "service" })}>
        {later.bookAnother}
      </button>
    </section>
  );
}

/** The manage link of the booking, and until when the customer can change the booking with it. */
function Changing({ booking, title }: { booking: Booked; title: string }) {
  const { canMove, canCancel } = useChangeable(booking);
  const canChange = canMove || canCancel;
  return (
    <>
      <KeepLink address={booking.manage_url} title={title} canChange={canChange} />
      {canChange ? (
        <ChangeUntil booking={booking} timeZone={booking.timeZone} />
      ) : (
        <p class="quiet" data-testid="change-until">
          {later.neverChanged} {later.tellBusiness}
        </p>
      )}
    </>
  );
}

/**
 * Returns the booking that was made in this tab, or null for any other one: the reference alone
 * gives no access.
 */
function useBooked(reference: string): Booked | null {
  const booked = usePageServices().tabStorage.read<Booked>("booked");
  return booked?.reference === reference ? booked : null;
}
