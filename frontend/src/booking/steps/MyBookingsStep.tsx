import type { ListedBooking, MyBookings } from "../../core/wire";
import { AnswerUntil } from "../components/AnswerUntil";
import { Appointment } from "../components/Appointment";
import { CalendarFile } from "../components/CalendarFile";
import { ChangeUntil, useChangeable } from "../components/ChangeUntil";
import { GivenAnswers } from "../components/GivenAnswers";
import { MyData } from "../components/MyData";
import { useZones } from "../hooks/useZones";
import type { Catalog } from "../offer/catalog";
import { linkTo } from "../route";
import { fill, later, texts } from "../texts";

interface MyBookingsStepProps {
  catalog: Catalog;
  mine: MyBookings;
  onSignedOut(message: string): void;
}

/** The bookings of the signed-in customer, and what can be done with their stored data. */
export function MyBookingsStep({ catalog, mine, onSignedOut }: MyBookingsStepProps) {
  const list = (bookings: readonly ListedBooking[]) => (
    <ul class="my-bookings">
      {bookings.map((booking) => (
        <MyBooking key={booking.reference} catalog={catalog} booking={booking} />
      ))}
    </ul>
  );
  return (
    <section class="done">
      <h2 tabIndex={-1}>{texts.myBookings}</h2>
      <p class="quiet">{fill(later.signedInAs, { email: mine.email })}</p>
      {mine.upcoming.length > 0 ? list(mine.upcoming) : <p>{later.nothingUpcoming}</p>}
      {mine.past.length > 0 && (
        <details class="past">
          <summary>{fill(later.past, { count: mine.past.length })}</summary>
          {list(mine.past)}
        </details>
      )}
      <MyData mine={mine} onSignedOut={onSignedOut} />
    </section>
  );
}

function MyBooking({ catalog, booking }: { catalog: Catalog; booking: ListedBooking }) {
  const { hasBegun, canMove, canCancel, isConfirmed, isRequest } = useChangeable(booking);
  const service = catalog.services.find(({ id }) => id === booking.service_id);
  const { shown: timeZone } = useZones(catalog, service, booking.resource_id);
  const link = { reference: booking.reference, token: booking.manage_token };
  const isUpcoming = (isConfirmed || isRequest) && !hasBegun;
  return (
    <li data-reference={booking.reference}>
      <Appointment catalog={catalog} booking={booking} timeZone={timeZone} />
      {booking.customer && (
        <p class="quiet">{fill(later.bookedFor, { name: booking.customer.name })}</p>
      )}
      <GivenAnswers booking={booking} />
      {later.statusWords[booking.status] && <p>{later.statusWords[booking.status]}</p>}
      <AnswerUntil booking={booking} timeZone={timeZone} />
      <ChangeUntil booking={booking} timeZone={timeZone} />
      {isUpcoming && (
        <div class="actions">
          {(canMove || canCancel) && (
            <a class="secondary" data-testid="change" href={linkTo({ step: "manage", link })}>
              {canMove && canCancel
                ? later.changeOrCancel
                : canMove
                  ? later.otherTime
                  : isRequest
                    ? later.withdraw
                    : later.cancel}
            </a>
          )}
          {isConfirmed && <CalendarFile link={link} name={later.calendarFile} />}
        </div>
      )}
    </li>
  );
}
