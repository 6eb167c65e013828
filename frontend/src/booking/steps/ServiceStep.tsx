import { useEffect, useState } from "react";
import type { Service } from "../../core/wire";
import { Choice } from "../components/Choice";
import { Picture } from "../components/Picture";
import { duration, priceOf } from "../format/format";
import { useLoadedCode } from "../hooks/useLoadedCode";
import { type Catalog, resourcesFor } from "../offer/catalog";
import { type Category, categoriesOf } from "../offer/categories";
import { isolated, list, texts } from "../texts";

interface ServiceStepProps {
  catalog: Catalog;
  onChoose(serviceId: number, how?: "correct"): void;
}

/** How many people a row names at most. */
const MAX_NAMED = 2;
/** From this many services on, the page offers ways to find one. */
const MANY = 8;
/** From this many services on, they can be searched. */
const SEARCHED_FROM = 12;

/** The step that asks what to book. With only one service it is skipped. */
export function ServiceStep({ catalog, onChoose }: ServiceStepProps) {
  const { services, business, resources } = catalog;
  const only = services.length === 1 && services[0];
  useEffect(() => {
    if (only) onChoose(only.id, "correct");
  });
  const [found, setFound] = useState<readonly number[] | null>(null);
  const shown = found ? services.filter(({ id }) => found.includes(id)) : services;
  const categories = categoriesOf(shown);
  const hasCategories = services.some(({ category }) => category !== null);
  const headingOf = ({ name }: Category) => name ?? texts.otherServices;
  if (only) return null;
  const metaOf = (service: Service) => {
    const names = resourcesFor(catalog, service).map(({ name }) => name);
    const more = names.length - MAX_NAMED;
    const named = list(names.slice(0, MAX_NAMED)) + (more > 0 ? ` ${isolated(`+${more}`)}` : "");
    return [duration(service.duration), resources.length > 1 && named].filter(Boolean).join(" · ");
  };
  return (
    <section class="choices">
      <h2 tabIndex={-1}>{services.length > 0 ? texts.chooseService : texts.nothingOffered}</h2>
      {services.length >= MANY && (
        <Finder
          services={services}
          hasSearch={services.length >= SEARCHED_FROM}
          categories={categories}
          headingOf={headingOf}
          onFound={(some) =>
            setFound(some.length === services.length ? null : some.map(({ id }) => id))
          }
        />
      )}
      {categories.flatMap((category, index) => [
        hasCategories && (
          <h3 key={`category ${category.name}`} id={`category-${index}`} tabIndex={-1}>
            <bdi lang={category.language}>{headingOf(category)}</bdi>
          </h3>
        ),
        ...category.services.map((service) => (
          <Choice
            key={service.id}
            testId={`service-${service.id}`}
            name={service.name}
            languages={service.languages}
            picture={service.picture && <Picture class="choice-picture" of={service.picture} />}
            meta={metaOf(service)}
            description={service.description}
            price={priceOf(service, business)}
            onChoose={() => onChoose(service.id)}
          />
        )),
      ])}
    </section>
  );
}

type FinderProps = Parameters<typeof import("../components/ServiceFinder").ServiceFinder>[0];

/**
 * The finder of services. Its space is reserved before its code is loaded, so that the services
 * don't move.
 */
function Finder(props: FinderProps) {
  const code = useLoadedCode(() => import("../components/ServiceFinder"), true);
  return (
    <div class="finder" data-parts={Number(props.hasSearch) + Number(props.categories.length > 1)}>
      {code && <code.ServiceFinder {...props} />}
    </div>
  );
}
