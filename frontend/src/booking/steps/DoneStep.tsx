import { AddToCalendar } from "../components/AddToCalendar";
import { Appointment } from "../components/Appointment";
import { ChangeUntil } from "../components/ChangeUntil";
import { Icon } from "../components/Icon";
import { KeepLink } from "../components/KeepLink";
import type { Booked } from "../hooks/useConfirmation";
import type { Go } from "../hooks/useRoute";
import type { Catalog } from "../offer/catalog";
import { usePageServices } from "../pageServices";
import type { Route } from "../route";
import * as texts from "../texts";

interface DoneStepProps {
  catalog: Catalog;
  /** Null when it was made elsewhere: a reference alone opens nothing. */
  booking: Booked | null;
  reference: string;
  go: Go;
}

/** What the server confirmed, and how to change it. */
export function DoneStep({ catalog, booking, reference, go }: DoneStepProps) {
  const { business } = catalog;
  return (
    <section class="done">
      {booking ? (
        <>
          <span class="done-mark">
            <Icon name="tick" />
          </span>
          <h2 tabIndex={-1}>{texts.done(booking.customer.name)}</h2>
          <Appointment catalog={catalog} booking={booking} timeZone={booking.timeZone} />
          {business.can_sign_in && <p>{texts.letterTo(booking.customer.email)}</p>}
          <AddToCalendar
            catalog={catalog}
            booking={booking}
            link={{ reference, token: booking.manage_token }}
          />
          <KeepLink address={booking.manage_url} title={business.name} />
          <ChangeUntil booking={booking} timeZone={booking.timeZone} />
        </>
      ) : (
        <>
          <h2 tabIndex={-1}>{texts.bookedElsewhere(reference)}</h2>
          <p>{texts.useItsLink}</p>
        </>
      )}
      <button type="button" class="link" onClick={() => go({ step: "service" })}>
        {texts.bookAnother}
      </button>
    </section>
  );
}

/** The booking made in this tab, if it is the one that is asked for. */
export function useBooked(route: Route): Booked | null {
  const booked = usePageServices().tabStorage.read<Booked>("booked");
  return route.step === "done" && booked?.reference === route.reference ? booked : null;
}
