import type { Booking } from "../api/wire";
import * as texts from "./texts";
import type { Catalogue } from "./useCatalogue";
import { When } from "./When";

interface AppointmentProps {
  catalogue: Catalogue;
  booking: Booking;
  tz: string;
}

/** What is booked: when (in both zones where they differ), what, with whom. */
export function Appointment({ catalogue, booking, tz }: AppointmentProps) {
  const service = catalogue.services.find(({ id }) => id === booking.service_id);
  const resource = catalogue.resources.find(({ id }) => id === booking.resource_id);
  return (
    <div class="appointment">
      <When starts_at={booking.starts_at} ends_at={booking.ends_at} tz={tz} />
      <p>
        {service?.name} {resource && texts.withWhom(resource.name)}
      </p>
      <p class="quiet">
        {texts.reference} <strong data-testid="reference">{booking.reference}</strong>
      </p>
    </div>
  );
}
