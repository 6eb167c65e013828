import type { Business, Resource, Service } from "../../core/wire";
import { duration, price } from "../format/format";
import { endOf } from "../offer/slots";
import * as texts from "../texts";
import { When } from "./When";

interface SummaryProps {
  business: Business;
  service: Service | undefined;
  resource: Resource | undefined;
  /** The time that is being booked; null before one is chosen. */
  startsAt: string | null;
  timeZone: string;
  onBack: (() => void) | null;
}

/** What is being booked, as far as it is known. */
export function Summary(props: SummaryProps) {
  const { business, service, resource, startsAt, timeZone, onBack } = props;
  return (
    <aside class="summary" aria-label={texts.summary}>
      {onBack && (
        <button type="button" class="icon-button back" aria-label={texts.back} onClick={onBack} />
      )}
      <h1>{business.name}</h1>
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
