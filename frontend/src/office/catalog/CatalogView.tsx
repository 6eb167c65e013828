import type { ComponentChildren } from "preact";
import { useEffect, useLayoutEffect, useRef } from "react";
import { BASE } from "../../core/base";
import { useLoaded } from "../components/useLoaded";
import { addressOf } from "../shell/router";
import * as officeTexts from "../texts";
import { keptForm } from "./keptForm";
import * as texts from "./texts";
import type { Catalog } from "./wire";

export interface Loaded {
  catalog: Catalog;
  reload(): void;
}

/** Loads the catalog, and shows its `children` once it is known. */
export function CatalogView({
  title,
  path = "",
  children,
}: {
  title: string;
  /**
   * The path of the page. When it changes, the catalog is read again, because others may have
   * changed it.
   */
  path?: string;
  children(loaded: Loaded): ComponentChildren;
}) {
  const { answer, failure, reload } = useLoaded<Catalog>("/catalog");
  const shown = useRef(path);
  useEffect(() => {
    if (shown.current !== path) reload();
    shown.current = path;
  }, [path, reload]);
  if (answer) return <>{children({ catalog: answer, reload })}</>;
  return (
    <>
      <h1 tabIndex={-1}>{title}</h1>
      <p role={failure ? "alert" : "status"}>{failure || officeTexts.loading}</p>
    </>
  );
}

/**
 * The heading of a list or a form. It takes the focus, so that a user of the keyboard goes on from
 * here.
 */
export function Heading({ children }: { children: ComponentChildren }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useLayoutEffect(() => heading.current?.focus(), []);
  return (
    <h1 ref={heading} tabIndex={-1}>
      <bdi>{children}</bdi>
    </h1>
  );
}

/** The head of a form's page: the heading, and a link back to the list. */
export function FormHead({ title, page, path }: { title: string; page: string; path: string }) {
  return (
    <div class="form-head">
      <a href={addressOf(path)}>{texts.backTo(page)}</a>
      <Heading>{title}</Heading>
    </div>
  );
}

/** A stored picture in a row of a list; the name beside it says what it shows. */
export const RowPicture = ({ name, isRound }: { name: string; isRound?: boolean }) => (
  <img
    class={isRound ? "row-picture is-round" : "row-picture"}
    src={`${BASE}/pictures/small/${name}`}
    alt=""
    loading="lazy"
  />
);

/** Says that a form was begun and isn't saved yet. */
export const Unsaved = ({ path }: { path: string }) =>
  keptForm(path) === null ? null : <span class="state">{texts.unsaved}</span>;

/** The server's warnings about things that can't be booked. */
export function Warnings({ catalog }: { catalog: Catalog }) {
  if (catalog.warnings.length === 0) return null;
  return (
    <div class="news">
      <p>{texts.warnings}</p>
      <ul>
        {catalog.warnings.map((warning) => (
          <li key={warning}>{warning}</li>
        ))}
      </ul>
    </div>
  );
}
