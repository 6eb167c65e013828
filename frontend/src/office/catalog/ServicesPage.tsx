import { useState } from "react";
import { addressOf, go, type Place } from "../shell/router";
import { CatalogView, FormHead, Heading, RowPicture, Unsaved, Warnings } from "./CatalogView";
import { CategoryTexts } from "./CategoryTexts";
import { type Category, categoriesOf, idsOf } from "./categories";
import { NEW_SERVICE, readService, writeService } from "./forms";
import { MoveButtons, moveElement, useOrdering } from "./ordering";
import { RetireButton } from "./RetireButton";
import { ServiceFields } from "./ServiceFields";
import * as texts from "./texts";
import type { Catalog, Part, ServiceTable } from "./wire";

const PATH = "/services";

/** The page about services: a list, and a form for each service. */
export function ServicesPage({ place }: { place: Place }) {
  const [isSaved, setSaved] = useState(false);
  const wanted = place.path.slice(PATH.length + 1);
  return (
    <CatalogView title={texts.services} path={place.path}>
      {({ catalog, reload }) => {
        const leave = () => {
          setSaved(true);
          go(PATH);
        };
        if (!wanted) return <ServiceList catalog={catalog} isSaved={isSaved} onChanged={reload} />;
        const part = catalog.services.find(({ table }) => String(table.id) === wanted);
        if (!part && wanted !== "new") {
          return <FormHead title={texts.noSuchThing} page={texts.services} path={PATH} />;
        }
        return <ServiceEditor key={wanted} catalog={catalog} part={part} onDone={leave} />;
      }}
    </CatalogView>
  );
}

interface ServiceEditorProps {
  catalog: Catalog;
  /** The service that is edited, or undefined for a new one. */
  part: Part<ServiceTable> | undefined;
  onDone(): void;
}

function ServiceEditor({ catalog, part, onDone }: ServiceEditorProps) {
  const id = part?.table.id;
  return (
    <>
      <FormHead title={part?.table.name ?? texts.newService} page={texts.services} path={PATH} />
      <ServiceFields
        catalog={catalog}
        edited={{
          path: id === undefined ? PATH : `${PATH}/${id}`,
          ...(id === undefined ? { fresh: { ...NEW_SERVICE, resources: staffOf(catalog) } } : {}),
          find: (found) => found.services.find(({ table }) => table.id === id),
          read: readService,
          write: writeService,
        }}
        onSaved={onDone}
      />
      {part && (
        <RetireButton
          path={`${PATH}/${id}`}
          version={part.version}
          name={part.table.name}
          hint={texts.retireService}
          onRetired={onDone}
        />
      )}
    </>
  );
}

const staffOf = (catalog: Catalog) =>
  catalog.resources.filter(({ table }) => table.kind === "staff").map(({ table }) => table.id);

interface ServiceListProps {
  catalog: Catalog;
  isSaved: boolean;
  onChanged(): void;
}

function ServiceList({ catalog, isSaved, onChanged }: ServiceListProps) {
  const categories = categoriesOf(catalog.services);
  const ordering = useOrdering("/catalog/order", idsOf(categories), onChanged);
  return (
    <>
      <div class="page-head">
        <Heading>{texts.services}</Heading>
        <a class="primary" href={addressOf(`${PATH}/new`)}>
          {texts.addService}
        </a>
      </div>
      <Unsaved path={PATH} />
      <p role="status">{isSaved && texts.saved}</p>
      <Warnings catalog={catalog} />
      {ordering.failure && <p role="alert">{ordering.failure}</p>}
      {categories.length === 0 && <p>{texts.noServices}</p>}
      {categories.map((category, index) => (
        <section key={category.name ?? ""}>
          {(categories.length > 1 || category.name !== null) && (
            <div class="category-head">
              <h2>
                <bdi>{category.name ?? texts.withoutCategory}</bdi>
              </h2>
              <MoveButtons
                id={`move-category-${category.services[0]?.table.id}`}
                name={category.name ?? texts.withoutCategory}
                index={index}
                count={categories.length}
                onMove={(step, button) =>
                  ordering.set(idsOf(moveElement(categories, index, step)), button)
                }
              />
            </div>
          )}
          <ServiceRows
            catalog={catalog}
            category={category}
            onMove={(services, button) => {
              const changed = categories.map((each) =>
                each === category ? { ...category, services } : each,
              );
              ordering.set(idsOf(changed), button);
            }}
          />
        </section>
      ))}
      <CategoryTexts catalog={catalog} onSaved={onChanged} />
    </>
  );
}

interface ServiceRowsProps {
  catalog: Catalog;
  category: Category;
  onMove(services: Part<ServiceTable>[], button: string): void;
}

function ServiceRows({ catalog, category, onMove }: ServiceRowsProps) {
  const { services } = category;
  return (
    <ul class="rows card-rows">
      {services.map(({ table }, index) => (
        <li key={table.id} data-testid="service">
          {table.picture && <RowPicture name={table.picture} />}
          <p class="row-text">
            <a class="row-link" href={addressOf(`${PATH}/${table.id}`)}>
              <bdi>{table.name}</bdi>
            </a>
            <span class="quiet">{summarize(catalog, table)}</span>
            <Unsaved path={`${PATH}/${table.id}`} />
          </p>
          <MoveButtons
            id={`move-${table.id}`}
            name={table.name}
            index={index}
            count={services.length}
            onMove={(step, button) => onMove(moveElement(services, index, step), button)}
          />
        </li>
      ))}
    </ul>
  );
}

function priceOf(service: ServiceTable, currency: string): string | null {
  if (service.price_on_request) return texts.onRequest;
  if (service.price === null) return null;
  if (Number(service.price) === 0) return texts.free;
  const amount = `${service.price} ${currency}`;
  return service.price_from ? texts.priceFrom(amount) : amount;
}

function summarize(catalog: Catalog, service: ServiceTable): string {
  const people = catalog.resources.filter(({ table }) => service.resources.includes(table.id));
  const names = people.map(({ table }) => table.name).join(", ");
  return [
    texts.minutesLong(service.duration),
    priceOf(service, catalog.business.table.currency),
    service.capacity > 1 && texts.seats(service.capacity),
    names || texts.byNobody,
  ]
    .filter(Boolean)
    .join(" · ");
}
