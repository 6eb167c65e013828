import { duration, price } from "./format";
import { texts } from "./texts";
import type { Catalogue } from "./useCatalogue";

interface ServiceStepProps {
  catalogue: Catalogue;
  onChoose(serviceId: number): void;
}

export function ServiceStep({ catalogue, onChoose }: ServiceStepProps) {
  if (catalogue.services.length === 0) return <p class="quiet">{texts.nothingOffered}</p>;
  return (
    <section class="choices">
      <h2 tabIndex={-1}>{texts.chooseService}</h2>
      {catalogue.services.map((service) => (
        <button
          key={service.id}
          type="button"
          class="choice"
          data-testid={`service-${service.id}`}
          onClick={() => onChoose(service.id)}
        >
          <span class="choice-name">{service.name}</span>
          {service.price !== null && (
            <span class="choice-price">{price(service.price, catalogue.business.currency)}</span>
          )}
          <span class="choice-hint">
            {[duration(service.duration), service.description].filter(Boolean).join(" · ")}
          </span>
        </button>
      ))}
    </section>
  );
}
