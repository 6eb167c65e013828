/**
 * What the page reads and changes of its tab: address, history, title, and where it is scrolled to.
 * Inside a page of another site it has one of its own, which that page doesn't notice.
 */
export interface Tab extends Pick<EventTarget, "addEventListener"> {
  location: Pick<Location, "href" | "search">;
  history: Pick<History, "state" | "back" | "pushState" | "replaceState">;
  document: {
    title: string;
    documentElement: HTMLElement;
    /** Only a whole page can do this: it would stop the rest of a page of another site. */
    startViewTransition?(change: () => Promise<void>): { ready: Promise<unknown> };
  };
  scrollTo(options: ScrollToOptions): void;
}
