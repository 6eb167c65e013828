import type { Booking } from "../api/wire";
import { dayOf, longDay, time, visitorZone, zoneName } from "./format";
import * as texts from "./texts";
import type { Catalogue } from "./useCatalogue";

interface AppointmentProps {
  catalogue: Catalogue;
  booking: Booking;
}

/** What is booked: when (in both zones where they differ), what, with whom. */
export function Appointment({ catalogue, booking }: AppointmentProps) {
  const service = catalogue.services.find(({ id }) => id === booking.service_id);
  const resource = catalogue.resources.find(({ id }) => id === booking.resource_id);
  const zone = resource?.tz ?? catalogue.business.tz;
  const { starts_at, ends_at } = booking;
  const at = Date.parse(starts_at);
  const between = (tz: string) => `${time(starts_at, tz)} – ${time(ends_at, tz)}`;
  const own = visitorZone();
  const differs = between(own) !== between(zone);
  return (
    <div class="appointment">
      <p class="appointment-day">{longDay(dayOf(starts_at, zone))}</p>
      <p>
        {between(zone)} <span class="quiet">{zoneName(zone, at)}</span>
      </p>
      {differs && (
        <p class="quiet">
          {texts.yourZone(`${longDay(dayOf(starts_at, own))}, ${between(own)}`, zoneName(own, at))}
        </p>
      )}
      <p>
        {service?.name} {resource && texts.withWhom(resource.name)}
      </p>
      <p class="quiet">
        {texts.reference} <strong data-testid="reference">{booking.reference}</strong>
      </p>
    </div>
  );
}
