import { defineButton } from "./dialogButton";
import { fallbackWords, languageOf } from "./fallbackWords";
import type { EmbeddedPage, Start } from "./start";

/**
 * The source of `embed.js`, which pages of other sites load: defines `<dibs-booking>` and
 * `<dibs-button>`. The booking page is loaded only if an element is shown. The build replaces the
 * names in capitals. The server replaces the watchdog if it isn't the usual one.
 */

interface Files {
  script: string;
  /** The file of the step with the times. */
  times: string;
  styles: string;
  languages: Record<string, string>;
}

declare const DIBS_FILES: Files;
const WATCHDOG = Number("DIBS_WATCHDOG") || 30_000;
/**
 * Imports a script. The build replaces it by `import`: for a plain `import` Vite would add code
 * that only a module may contain.
 */
declare function importScript(address: string): Promise<unknown>;

const FIRST_PAUSE = 4_000;
const MAX_TRIES = 6;

const own = document.currentScript as HTMLScriptElement | null;
const found = own ?? document.querySelector<HTMLScriptElement>('script[src*="/embed.js"]');
const base = new URL(".", found?.src ?? document.baseURI).href.slice(0, -1);

interface Loaded {
  page: EmbeddedPage;
  sheet: CSSStyleSheet;
}

let loading: Promise<Loaded> | null = null;

/**
 * Loads the code of the booking page, once for all elements. If the files of this build are gone,
 * it asks the server for the present names.
 */
function load(language: string, withTimes: boolean): Promise<Loaded> {
  loading ??= loadFiles(DIBS_FILES, language, withTimes)
    .catch(async () =>
      loadFiles(await (await get("/embed/files.json", "no-cache")).json(), language, withTimes),
    )
    .catch((error) => {
      loading = null;
      throw error;
    });
  return loading;
}

async function loadFiles(files: Files, language: string, withTimes: boolean): Promise<Loaded> {
  const texts = files.languages[language];
  const [page, text] = await Promise.all([
    importScript(`${base}/${files.script}`) as Promise<EmbeddedPage>,
    get(`/${files.styles}`).then((answer) => answer.text()),
    // The booking page asks for these files later, and gets them without waiting.
    texts && importScript(`${base}/${texts}`),
    withTimes && importScript(`${base}/${files.times}`),
  ]);
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(text);
  return { page, sheet };
}

/** Loads the catalog while the code is loaded. */
const loadCatalog = (language: string) =>
  Promise.all(
    ["business", "services", "resources"].map(async (name) =>
      (await get(`/api/v1/${name}?lang=${language}`, "no-store")).json(),
    ),
  ) as Promise<Start["catalog"]>;

/**
 * Returns the appearance of the business as a style sheet. The site's styles for the element
 * overrule it.
 */
function lookOf([{ appearance }]: Start["catalog"]): CSSStyleSheet {
  const variables = Object.entries(appearance?.variables ?? {});
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`:host{${variables.map(([name, value]) => `${name}:${value}`).join(";")}}`);
  return sheet;
}

async function get(path: string, cache: RequestCache = "default"): Promise<Response> {
  const answer = await fetch(base + path, { cache });
  if (!answer.ok) throw new Error(`${base + path}: ${answer.status}`);
  return answer;
}

/**
 * Registers the property by which sizes follow the text size of the page around the element. A
 * style sheet of a shadow tree can't register it.
 */
function registerTextSize(): void {
  try {
    const syntax = "<length>";
    CSS.registerProperty({ name: "--dibs-rem", syntax, inherits: true, initialValue: "16px" });
  } catch {
    // The property is registered already.
  }
}

const taken = new Set<number>();

/**
 * Takes the first number that no other element on the page has. So an element that was removed gets
 * the same number when it comes back.
 */
function takeNumber(): number {
  let number = 0;
  while (taken.has(number)) number++;
  taken.add(number);
  return number;
}

const ATTRIBUTES = ["service", "staff", "lang", "data-name", "data-email", "data-phone"] as const;

class DibsBooking extends HTMLElement {
  static readonly observedAttributes = ATTRIBUTES;
  #stop: (() => void) | null = null;

  connectedCallback(): void {
    this.#stop ??= this.#start();
  }

  disconnectedCallback(): void {
    // A script that moves an element removes and inserts it in one step. Then the booking page must
    // stay.
    queueMicrotask(() => {
      if (this.isConnected) return;
      this.#stop?.();
      this.#stop = null;
    });
  }

  attributeChangedCallback(_: string, before: string | null, after: string | null): void {
    if (!this.#stop || before === after) return;
    this.#stop();
    this.#stop = this.#start();
  }

  #start(): () => void {
    const root = this.shadowRoot ?? this.attachShadow({ mode: "open" });
    const number = takeNumber();
    const frame = document.createElement("div");
    frame.className = "dibs";
    const link = fallbackLink(this);
    root.replaceChildren(link, frame);
    let stop = () => {};
    let isWanted = true;
    let tries = 0;
    let timer = 0;
    const open = async () => {
      try {
        const language = languageOf(this);
        const { service, staff } = this.#presets();
        const beginsWithTimes = service !== null && staff !== null;
        const [{ page, sheet }, catalog] = await Promise.all([
          load(language, beginsWithTimes),
          loadCatalog(language),
        ]);
        if (!isWanted) return;
        root.adoptedStyleSheets = [sheet, lookOf(catalog)];
        const started = await page.start({
          base,
          watchdog: WATCHDOG,
          catalog,
          element: this,
          frame,
          part: number === 0 ? "" : `${number}.`,
          language,
          presets: this.#presets(),
        });
        link.remove();
        if (isWanted) stop = started;
        else started();
      } catch {
        if (!isWanted) return;
        this.dispatchEvent(new CustomEvent("dibs:unavailable", { bubbles: true, composed: true }));
        if (++tries < MAX_TRIES) timer = window.setTimeout(open, FIRST_PAUSE * 2 ** (tries - 1));
      }
    };
    void open();
    return () => {
      isWanted = false;
      clearTimeout(timer);
      stop();
      taken.delete(number);
      root.replaceChildren();
    };
  }

  #presets(): Start["presets"] {
    const readAttribute = (name: (typeof ATTRIBUTES)[number]) => this.getAttribute(name);
    return {
      service: readAttribute("service"),
      staff: readAttribute("staff"),
      name: readAttribute("data-name"),
      email: readAttribute("data-email"),
      phone: readAttribute("data-phone"),
      search: location.search,
    };
  }
}

/**
 * Returns what is shown until the booking page has come, or if it can't: the content that the site
 * has put into the element, or a plain link.
 */
function fallbackLink(element: HTMLElement): HTMLElement {
  const slot = document.createElement("slot");
  const link = document.createElement("a");
  link.href = addressOf(element);
  link.part.add("link");
  link.textContent = fallbackWords(element);
  slot.append(link);
  return slot;
}

/** Returns the address of the whole booking page, for the same service. */
function addressOf(element: HTMLElement): string {
  const service = element.getAttribute("service");
  if (!service) return `${base}/`;
  if (/^\d+$/.test(service)) return `${base}/?service=${service}`;
  return `${base}${base.endsWith("/book") ? "" : "/book"}/${encodeURIComponent(service)}`;
}

if (!customElements.get("dibs-booking")) {
  registerTextSize();
  customElements.define("dibs-booking", DibsBooking);
  defineButton(addressOf);
}
