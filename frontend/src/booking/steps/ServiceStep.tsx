import { useEffect } from "react";
import { ChoiceButton } from "../components/ChoiceButton";
import { duration, price } from "../format/format";
import type { Catalog } from "../offer/catalog";
import * as texts from "../texts";

interface ServiceStepProps {
  catalog: Catalog;
  onChoose(serviceId: number, how?: "replace"): void;
}

/** What to book. A question with one possible answer isn't asked. */
export function ServiceStep({ catalog, onChoose }: ServiceStepProps) {
  const { services, business } = catalog;
  const only = services.length === 1 && services[0];
  useEffect(() => {
    if (only) onChoose(only.id, "replace");
  });
  if (only) return null;
  return (
    <section class="choices">
      <h2 tabIndex={-1}>{services.length > 0 ? texts.chooseService : texts.nothingOffered}</h2>
      {services.map((service) => (
        <ChoiceButton
          key={service.id}
          testId={`service-${service.id}`}
          name={service.name}
          price={service.price && price(service.price, business.currency)}
          hint={[duration(service.duration), service.description].filter(Boolean).join(" · ")}
          onChoose={() => onChoose(service.id)}
        />
      ))}
    </section>
  );
}
