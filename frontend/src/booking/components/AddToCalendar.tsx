import type { ManageLink } from "../../api/manageApi";
import type { Booking, ManagedBooking } from "../../core/wire";
import { googleLink, outlookLink } from "../format/calendarLinks";
import type { Catalog } from "../offer/catalog";
import { later } from "../texts";
import { CalendarFile } from "./CalendarFile";

interface AddToCalendarProps {
  catalog: Catalog;
  booking: Booking | ManagedBooking;
  link: ManageLink;
}

/**
 * The links and the file with which visitors put a booking into their calendar. Letters have the
 * same links. Letters also bring later changes into an entry that was made from the file, but not
 * into one that was made by a link.
 */
export function AddToCalendar({ catalog, booking, link }: AddToCalendarProps) {
  const service = catalog.services.find(({ id }) => id === booking.service_id);
  const resource = catalog.resources.find(({ id }) => id === booking.resource_id);
  const named = "service_name" in booking ? booking : null;
  const who = resource?.name ?? named?.resource_name;
  const what = service?.name ?? named?.service_name ?? later.manageTitle;
  const entry = {
    ...booking,
    title: `${what}, ${catalog.business.name}`,
    details: who ? `${who}\n${booking.reference}` : booking.reference,
  };
  return (
    <section class="add-to-calendar" aria-labelledby="add-to-calendar">
      <h3 id="add-to-calendar">{later.addToCalendar}</h3>
      <div class="actions">
        <CalendarFile link={link} name={later.calendarFile} />
        <a class="secondary" href={googleLink(entry)} target="_blank" rel="noreferrer">
          Google
        </a>
        <a class="secondary" href={outlookLink(entry)} target="_blank" rel="noreferrer">
          Outlook
        </a>
      </div>
    </section>
  );
}
