import { dayOf } from "../../core/localTime";
import type { Booking, ManagedBooking } from "../../core/wire";
import { dayNumber, duration, monthName, priceOf, weekday } from "../format/format";
import type { Catalog } from "../offer/catalog";
import { zoneOf } from "../offer/timeZone";
import { fill, later, texts } from "../texts";
import { Avatar } from "./Avatar";
import { Icon } from "./Icon";
import { Place } from "./Place";
import { When } from "./When";

interface AppointmentProps {
  catalog: Catalog;
  booking: Booking | ManagedBooking;
  timeZone: string;
}

/**
 * The facts of a booking: when, what, with whom, and where. The time is shown in the zone of the
 * resource and in the zone that is used when anyone may serve, because the visitor may have chosen
 * the time in either of them.
 */
export function Appointment({ catalog, booking, timeZone }: AppointmentProps) {
  const service = catalog.services.find(({ id }) => id === booking.service_id);
  const resource = catalog.resources.find(({ id }) => id === booking.resource_id);
  // A service that is no longer offered isn't in the catalog. Then its name comes from the booking.
  const named = "service_name" in booking ? booking : null;
  const otherZones = [
    zoneOf(catalog, service, booking.resource_id),
    zoneOf(catalog, service, "any"),
  ];
  const day = dayOf(booking.starts_at, timeZone);
  return (
    <div class="appointment" data-status={booking.status}>
      <div class="leaf" aria-hidden="true">
        <span>{weekday(day, "short")}</span>
        <strong>{dayNumber(day)}</strong>
        <span>{monthName(day)}</span>
      </div>
      <div class="appointment-when">
        <When
          starts_at={booking.starts_at}
          ends_at={booking.ends_at}
          timeZone={timeZone}
          otherZones={otherZones}
        />
      </div>
      <ul class="facts">
        <li>
          <Icon name="tag" />
          <span>
            <strong>
              <bdi lang={service?.languages.name}>{service?.name ?? named?.service_name}</bdi>
            </strong>
            {service &&
              ["", duration(service.duration), priceOf(service, catalog.business)]
                .filter((part) => part !== null)
                .join(" · ")}
          </span>
        </li>
        {resource ? (
          <li>
            <Avatar resource={resource} />
            <span>{fill(texts.named[resource.kind], { name: resource.name })}</span>
          </li>
        ) : (
          named && (
            <li>
              <Icon name="tick" />
              <span>{fill(texts.named.staff, { name: named.resource_name })}</span>
            </li>
          )
        )}
        {service && (
          <Place
            kind={service.place_kind}
            place={service.place ?? booking.place}
            lang={service.languages.place}
          />
        )}
      </ul>
      <p class="quiet">
        {later.reference}{" "}
        <strong data-testid="reference">
          <bdi>{booking.reference}</bdi>
        </strong>
      </p>
    </div>
  );
}
