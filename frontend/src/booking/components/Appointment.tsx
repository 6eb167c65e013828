import type { Booking, ManagedBooking } from "../../core/wire";
import type { Catalog } from "../offer/catalog";
import { zoneOf } from "../offer/timeZone";
import * as texts from "../texts";
import { When } from "./When";

interface AppointmentProps {
  catalog: Catalog;
  booking: Booking | ManagedBooking;
  timeZone: string;
}

/**
 * What is booked: when, what, with whom. The time is told in the zone of the resource as well as in
 * the one that the times of anyone are shown in, since either may be the one it was chosen in.
 */
export function Appointment({ catalog, booking, timeZone }: AppointmentProps) {
  const service = catalog.services.find(({ id }) => id === booking.service_id);
  const resource = catalog.resources.find(({ id }) => id === booking.resource_id);
  // A service that is no longer offered isn't in the catalog; then the booking has its name.
  const named = "service_name" in booking ? booking : null;
  const serviceName = service?.name ?? named?.service_name;
  const resourceName = resource?.name ?? named?.resource_name;
  const otherZones = [
    zoneOf(catalog, service, booking.resource_id),
    zoneOf(catalog, service, "any"),
  ];
  return (
    <div class="appointment">
      <When
        starts_at={booking.starts_at}
        ends_at={booking.ends_at}
        timeZone={timeZone}
        otherZones={otherZones}
      />
      <p>
        {serviceName} {resourceName && texts.withWhom(resourceName)}
      </p>
      <p class="quiet">
        {texts.reference} <strong data-testid="reference">{booking.reference}</strong>
      </p>
    </div>
  );
}
