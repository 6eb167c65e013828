import type { Business, Resource, Service } from "../core/wire";

/** What a page of another site sets by the attributes of the element, before visitors choose. */
export interface Presets {
  /** The name of a service in its address, or its id; nothing else can be booked then. */
  service: string | null;
  /** The name of who or what is booked, or its id. */
  staff: string | null;
  name: string | null;
  email: string | null;
  phone: string | null;
  /** The search of the page around it, which may name the same things. */
  search: string;
}

/** What the business looks like, in style variables. */
type Look = { appearance?: { variables: Record<string, string> } };

/** What the loader gives to the page. */
export interface Start {
  /** The address of the server, without a slash at its end. */
  base: string;
  /** Milliseconds that a stream may be silent. */
  watchdog: number;
  catalog: [Business & Look, Service[], Resource[]];
  /** The element, which says what happens by events. */
  element: HTMLElement;
  /** Where the page is drawn. */
  frame: HTMLElement;
  /** Tells those on one page apart. */
  part: string;
  /** That of the element or of the page around it. */
  language: string;
  presets: Presets;
}

/** The module that the loader loads. What it returns takes the page away again. */
export interface EmbeddedPage {
  start(options: Start): Promise<() => void>;
}
