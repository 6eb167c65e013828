import type { Business, Resource, Service } from "../../core/wire";
import { duration, price } from "../format/format";
import { endOf } from "../offer/slots";
import { addressOf } from "../route";
import * as texts from "../texts";
import { MyBookingsLink } from "./MyBookingsLink";
import { When } from "./When";

interface SummaryProps {
  business: Business;
  service: Service | undefined;
  resource: Resource | undefined;
  /** The time that is being booked; null before one is chosen. */
  startsAt: string | null;
  timeZone: string;
  onBack: (() => void) | null;
  /** On the page of one's own bookings the link leads to a new one. */
  isMine?: boolean;
}

/** What is being booked, as far as it is known. */
export function Summary(props: SummaryProps) {
  const { business, service, resource, startsAt, timeZone, onBack, isMine } = props;
  return (
    <aside class="summary" aria-label={texts.summary}>
      {onBack && (
        <button type="button" class="icon-button back" aria-label={texts.back} onClick={onBack} />
      )}
      <h1>{business.name}</h1>
      <nav class="summary-nav">
        {isMine ? (
          <a class="link" href={addressOf({ step: "service" })}>
            {texts.bookATime}
          </a>
        ) : (
          business.can_sign_in && <MyBookingsLink />
        )}
      </nav>
      {service && (
        <>
          <p class="summary-service">{service.name}</p>
          <p>{duration(service.duration)}</p>
          {service.price !== null && <p>{price(service.price, business.currency)}</p>}
          {resource && <p>{texts.withWhom(resource.name)}</p>}
          {startsAt && (
            <div class="summary-when">
              <When starts_at={startsAt} ends_at={endOf(startsAt, service)} timeZone={timeZone} />
            </div>
          )}
        </>
      )}
    </aside>
  );
}
