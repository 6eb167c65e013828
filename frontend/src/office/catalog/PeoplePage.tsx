import { useState } from "react";
import { addressOf, go, type Place } from "../shell/router";
import { CatalogView, FormHead, Heading, RowPicture, Unsaved } from "./CatalogView";
import { newResource, readResource, writeResource } from "./forms";
import { MoveButtons, moveElement, useOrdering } from "./ordering";
import { ResourceFields } from "./ResourceFields";
import { RetireButton } from "./RetireButton";
import * as texts from "./texts";
import { type Catalog, type Part, type ResourceTable, WEEKDAYS } from "./wire";

const PATH = "/people";

/** The page about resources: a list, and a form for each resource. */
export function PeoplePage({ place }: { place: Place }) {
  const [isSaved, setSaved] = useState(false);
  const wanted = place.path.slice(PATH.length + 1);
  return (
    <CatalogView title={texts.people} path={place.path}>
      {({ catalog, reload }) => {
        const leave = () => {
          setSaved(true);
          go(PATH);
        };
        if (!wanted) return <ResourceList catalog={catalog} isSaved={isSaved} onChanged={reload} />;
        const part = catalog.resources.find(({ table }) => String(table.id) === wanted);
        if (!part && wanted !== "new") {
          return <FormHead title={texts.noSuchThing} page={texts.people} path={PATH} />;
        }
        return <ResourceEditor key={wanted} catalog={catalog} part={part} onDone={leave} />;
      }}
    </CatalogView>
  );
}

interface ResourceEditorProps {
  catalog: Catalog;
  /** The resource that is edited, or undefined for a new one. */
  part: Part<ResourceTable> | undefined;
  onDone(): void;
}

function ResourceEditor({ catalog, part, onDone }: ResourceEditorProps) {
  const id = part?.table.id;
  return (
    <>
      <FormHead title={part?.table.name ?? texts.newResource} page={texts.people} path={PATH} />
      <ResourceFields
        catalog={catalog}
        edited={{
          path: id === undefined ? "/resources" : `/resources/${id}`,
          ...(id === undefined ? { fresh: newResource() } : {}),
          find: (found) => found.resources.find(({ table }) => table.id === id),
          read: readResource,
          write: writeResource,
        }}
        onSaved={onDone}
      />
      {part && (
        <RetireButton
          path={`/resources/${id}`}
          version={part.version}
          name={part.table.name}
          hint={texts.retireResource}
          onRetired={onDone}
        />
      )}
    </>
  );
}

interface ResourceListProps {
  catalog: Catalog;
  isSaved: boolean;
  onChanged(): void;
}

function ResourceList({ catalog, isSaved, onChanged }: ResourceListProps) {
  const ids = catalog.resources.map(({ table }) => table.id);
  const ordering = useOrdering("/catalog/order/resources", ids, onChanged);
  return (
    <>
      <div class="page-head">
        <Heading>{texts.people}</Heading>
        <a class="primary" href={addressOf(`${PATH}/new`)}>
          {texts.addResource}
        </a>
      </div>
      <Unsaved path="/resources" />
      <p role="status">{isSaved && texts.saved}</p>
      {ordering.failure && <p role="alert">{ordering.failure}</p>}
      {catalog.resources.length === 0 && <p>{texts.noResources}</p>}
      <ul class="rows card-rows">
        {catalog.resources.map(({ table }, index) => (
          <li key={table.id} data-testid="resource">
            {table.picture && <RowPicture name={table.picture} isRound={table.kind === "staff"} />}
            <p class="row-text">
              <a class="row-link" href={addressOf(`${PATH}/${table.id}`)}>
                <bdi>{table.name}</bdi>
              </a>
              <span class="quiet">
                {texts.kindsInLists[table.kind]} · {summarize(table)}
              </span>
              <Unsaved path={`/resources/${table.id}`} />
            </p>
            <MoveButtons
              id={`move-${table.id}`}
              name={table.name}
              index={index}
              count={ids.length}
              onMove={(step, button) => ordering.set(moveElement(ids, index, step), button)}
            />
          </li>
        ))}
      </ul>
    </>
  );
}

function summarize({ hours }: ResourceTable): string {
  const days = WEEKDAYS.filter((day) => hours[day]?.length);
  if (days.length === 0) return texts.never;
  return texts.worksOn(days.map((day) => texts.weekdays[day].slice(0, 3)).join(", "));
}
