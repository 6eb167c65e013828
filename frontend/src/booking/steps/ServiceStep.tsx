import { useEffect } from "react";
import type { Service } from "../../core/wire";
import { Choice } from "../components/Choice";
import { duration, priceOf } from "../format/format";
import { type Catalog, resourcesFor } from "../offer/catalog";
import { list, texts } from "../texts";

interface ServiceStepProps {
  catalog: Catalog;
  onChoose(serviceId: number, how?: "replace"): void;
}

/** How many people a row names. */
const MAX_NAMED = 2;

/** What to book. A question with one possible answer isn't asked. */
export function ServiceStep({ catalog, onChoose }: ServiceStepProps) {
  const { services, business, resources } = catalog;
  const only = services.length === 1 && services[0];
  useEffect(() => {
    if (only) onChoose(only.id, "replace");
  });
  if (only) return null;
  const metaOf = (service: Service) => {
    const names = resourcesFor(catalog, service).map(({ name }) => name);
    const more = names.length - MAX_NAMED;
    const named = list(names.slice(0, MAX_NAMED)) + (more > 0 ? ` +${more}` : "");
    return [duration(service.duration), resources.length > 1 && named].filter(Boolean).join(" · ");
  };
  return (
    <section class="choices">
      <h2 tabIndex={-1}>{services.length > 0 ? texts.chooseService : texts.nothingOffered}</h2>
      {services.map((service) => (
        <Choice
          key={service.id}
          testId={`service-${service.id}`}
          name={service.name}
          meta={metaOf(service)}
          description={service.description}
          price={priceOf(service, business)}
          onChoose={() => onChoose(service.id)}
        />
      ))}
    </section>
  );
}
