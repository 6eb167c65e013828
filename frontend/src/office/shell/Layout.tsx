import type { ComponentType } from "preact";
import { useCallback, useEffect, useLayoutEffect, useRef, useState } from "react";
import { reloadOutdated } from "../../api/outdated";
import * as texts from "../texts";
import { useOfficeApi, useUser } from "./office";
import { type Page, pageAt, pagesFor } from "./pages";
import { addressOf, followLink, type Place } from "./router";

/** The menu beside the page. On a phone it opens above the page. */
export function Layout({ place }: { place: Place }) {
  const { user, renew } = useUser();
  const api = useOfficeApi();
  const [isOpen, setOpen] = useState(false);
  const main = useRef<HTMLElement>(null);
  const pages = pagesFor(user.scopes);
  const page = pageAt(pages, place.path);
  const signOut = async () => {
    await api.change("DELETE", "/session");
    renew({ user: null, is_set_up: true, has_business: null });
  };
  const open = (event: MouseEvent) => {
    followLink(event);
    if (!event.defaultPrevented || !isOpen) return;
    setOpen(false);
    // The link that was chosen is hidden now. If the page stays the same, no other one takes the
    // focus.
    main.current?.querySelector<HTMLElement>("h1[tabindex]")?.focus();
  };

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: it is the links inside that are clicked.
    // biome-ignore lint/a11y/useKeyWithClickEvents: the keyboard clicks links as well.
    <div class="office" onClick={open}>
      <header class="menu" data-open={isOpen}>
        <p class="menu-title">{texts.office}</p>
        <button
          type="button"
          class="quiet-button menu-button"
          aria-expanded={isOpen}
          aria-controls="menu"
          onClick={() => setOpen(!isOpen)}
        >
          {texts.menu}
        </button>
        <nav id="menu" aria-label={texts.menu}>
          <ul>
            {pages.map((each) => (
              <li key={each.path} class={each.isApart ? "is-apart" : ""}>
                <a href={addressOf(each.path)} aria-current={each === page ? "page" : undefined}>
                  {each.name}
                </a>
              </li>
            ))}
          </ul>
          <div class="menu-user">
            <p>
              <bdi>{user.name}</bdi>
              <span class="quiet">{texts.roles[user.role]}</span>
            </p>
            <button type="button" class="quiet-button" onClick={signOut}>
              {texts.signOut}
            </button>
          </div>
        </nav>
      </header>
      <main ref={main}>
        {page ? <PageView key={page.path} page={page} place={place} /> : <h1>{texts.noPage}</h1>}
      </main>
    </div>
  );
}

type Loaded = { page: ComponentType<{ place: Place }> } | "failed" | null;

function PageView({ page, place }: { page: Page; place: Place }) {
  const [loaded, setLoaded] = useState<Loaded>(null);
  const box = useRef<HTMLDivElement>(null);
  const load = useCallback(() => {
    page.load().then(
      (component) => setLoaded({ page: component }),
      () => {
        setLoaded("failed");
        void reloadOutdated();
      },
    );
  }, [page]);
  useEffect(() => {
    document.title = `${page.name} · ${texts.office}`;
    load();
  }, [page, load]);
  // A user who changes the page by keyboard goes on from its heading.
  useLayoutEffect(() => {
    if (loaded !== null) box.current?.querySelector<HTMLElement>("h1[tabindex]")?.focus();
  }, [loaded]);

  if (loaded === null) return <p role="status">{texts.loading}</p>;
  if (loaded === "failed") {
    return (
      <>
        <p role="alert">{texts.unreachable}</p>
        <button type="button" class="primary" onClick={load}>
          {texts.tryAgain}
        </button>
      </>
    );
  }
  return (
    <div ref={box} class="page">
      <loaded.page place={place} />
    </div>
  );
}
