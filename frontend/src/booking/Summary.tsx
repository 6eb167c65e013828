import type { Resource, Service } from "../api/wire";
import { duration, price } from "./format";
import { texts } from "./texts";
import type { Catalogue } from "./useCatalogue";

interface SummaryProps {
  catalogue: Catalogue;
  service: Service | null;
  resource: Resource | null;
  when: string | null;
  onBack: (() => void) | null;
}

/** What is being booked, as far as it is known. */
export function Summary({ catalogue, service, resource, when, onBack }: SummaryProps) {
  const { business } = catalogue;
  return (
    <aside class="summary" aria-label={texts.summary}>
      {onBack && (
        <button type="button" class="icon-button" aria-label={texts.back} onClick={onBack}>
          <span class="arrow arrow-back" />
        </button>
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
