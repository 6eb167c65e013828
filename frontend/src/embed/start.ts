import type { Business, Resource, Service } from "../core/wire";

/** The attributes with which a page of another site chooses something in advance. */
export interface Presets {
  /** The name of a service in its address, or its id. Then nothing else can be booked. */
  service: string | null;
  /** The name or id of a resource. */
  staff: string | null;
  name: string | null;
  email: string | null;
  phone: string | null;
  /** The query of the page around the element, which may name the same things. */
  search: string;
}

/** The appearance of the business, as style variables. */
type Look = { appearance?: { variables: Record<string, string> } };

/** What the loader passes to the booking page. */
export interface Start {
  /** The address of the server, without a slash at its end. */
  base: string;
  /** Milliseconds that a stream may be silent. */
  watchdog: number;
  catalog: [Business & Look, Service[], Resource[]];
  /** The element, at which events are dispatched. */
  element: HTMLElement;
  /** The element in which the booking page is drawn. */
  frame: HTMLElement;
  /** Distinguishes several booking pages on one page. */
  part: string;
  /** The language of the element or of the page around it. */
  language: string;
  presets: Presets;
}

/** The module that the loader loads. `start` returns a function that removes the booking page. */
export interface EmbeddedPage {
  start(options: Start): Promise<() => void>;
}
