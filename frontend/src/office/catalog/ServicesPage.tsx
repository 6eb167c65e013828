import { useLayoutEffect, useRef, useState } from "react";
import { useAction } from "../components/useAction";
import { useOfficeApi } from "../shell/office";
import { addressOf, go, type Place } from "../shell/router";
import { CatalogView, FormHead, Heading, Unsaved, Warnings } from "./CatalogView";
import { NEW_SERVICE, readService, writeService } from "./forms";
import { RetireButton } from "./RetireButton";
import { ServiceFields } from "./ServiceFields";
import * as texts from "./texts";
import type { Catalog, Part, ServiceTable } from "./wire";

const PATH = "/services";

/** What can be booked: a list, and a form for each. */
export function ServicesPage({ place }: { place: Place }) {
  const [isSaved, setSaved] = useState(false);
  const wanted = place.path.slice(PATH.length + 1);
  return (
    <CatalogView title={texts.services} path={place.path}>
      {({ catalog, reload }) => {
        const done = () => {
          setSaved(true);
          go(PATH);
        };
        if (!wanted) return <ServiceList catalog={catalog} isSaved={isSaved} onChanged={reload} />;
        const part = catalog.services.find(({ table }) => String(table.id) === wanted);
        if (!part && wanted !== "new") {
          return <FormHead title={texts.noSuchThing} page={texts.services} path={PATH} />;
        }
        return <ServiceEditor key={wanted} catalog={catalog} part={part} onDone={done} />;
      }}
    </CatalogView>
  );
}

interface ServiceEditorProps {
  catalog: Catalog;
  /** Undefined: a new one. */
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
  const api = useOfficeApi();
  const pressed = useRef("");
  const ids = catalog.services.map(({ table }) => table.id);
  const ordering = useAction(async (id: number, step: number) => {
    const order = ids.filter((each) => each !== id);
    order.splice(ids.indexOf(id) + step, 0, id);
    await api.change("PUT", "/catalog/order", { ids: order });
    onChanged();
  });
  // What is moved in the list loses the focus.
  useLayoutEffect(() => {
    if (pressed.current && catalog) document.getElementById(pressed.current)?.focus();
  }, [catalog]);
  const move = (id: number, step: number) => {
    pressed.current = `move-${step}-${id}`;
    const index = ids.indexOf(id) + step;
    if (index >= 0 && index < ids.length) ordering.run(id, step);
  };
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
      {ids.length === 0 && <p>{texts.noServices}</p>}
      <ul class="rows card-rows">
        {catalog.services.map(({ table }, index) => (
          <li key={table.id} data-testid="service">
            <p class="row-text">
              <a class="row-link" href={addressOf(`${PATH}/${table.id}`)}>
                <bdi>{table.name}</bdi>
              </a>
              <span class="quiet">{inShort(catalog, table)}</span>
              <Unsaved path={`${PATH}/${table.id}`} />
            </p>
            <div class="row-buttons">
              {([-1, 1] as const).map((step) => (
                <button
                  key={step}
                  id={`move-${step}-${table.id}`}
                  type="button"
                  class="quiet-button"
                  aria-label={(step < 0 ? texts.moveUp : texts.moveDown)(table.name)}
                  aria-disabled={index + step < 0 || index + step >= ids.length}
                  onClick={() => move(table.id, step)}
                >
                  <span aria-hidden="true">{step < 0 ? "↑" : "↓"}</span>
                </button>
              ))}
            </div>
          </li>
        ))}
      </ul>
    </>
  );
}

function inShort(catalog: Catalog, service: ServiceTable): string {
  const people = catalog.resources.filter(({ table }) => service.resources.includes(table.id));
  const names = people.map(({ table }) => table.name).join(", ");
  return [
    texts.minutesLong(service.duration),
    service.price && `${service.price} ${catalog.business.table.currency}`,
    service.capacity > 1 && texts.seats(service.capacity),
    names || texts.byNobody,
  ]
    .filter(Boolean)
    .join(" · ");
}
