import type { Business, Resource, Service } from "../api/wire";
import { duration, price } from "./format";
import * as texts from "./texts";

interface SummaryProps {
  business: Business;
  service: Service | undefined;
  resource: Resource | undefined;
  when: string | false;
  onBack: (() => void) | null;
}

/** What is being booked, as far as it is known. */
export function Summary({ business, service, resource, when, onBack }: SummaryProps) {
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
          {when && <p class="summary-when">{when}</p>}
        </>
      )}
    </aside>
  );
}
