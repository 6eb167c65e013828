/**
 * What the page reads and changes of its tab: address, history, title and scroll position. Within a
 * page of another site the booking page has a tab object of its own, which doesn't affect that
 * page.
 */
export interface Tab extends Pick<EventTarget, "addEventListener"> {
  location: Pick<Location, "href" | "search">;
  history: Pick<History, "state" | "back" | "pushState" | "replaceState">;
  document: {
    title: string;
    documentElement: HTMLElement;
    /** Is missing within a page of another site, because it would stop the rest of that page. */
    startViewTransition?(change: () => Promise<void>): { ready: Promise<unknown> };
  };
  scrollTo(options: ScrollToOptions): void;
}
