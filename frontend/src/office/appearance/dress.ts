import { BASE } from "../../core/base";

export type Theme = "light" | "dark";

/** The appearance that a booking page is to have. */
export interface Look {
  styleSheet: string | undefined;
  name: string;
  /** Names of stored pictures. */
  logo: string | null;
  picture: string | null;
}

/**
 * Gives a booking page an appearance, and again whenever the page draws itself. Returns a function
 * that stops this.
 */
export function dress(page: Document, theme: Theme, look: Look): () => void {
  page.documentElement.dataset.theme = theme;
  if (look.styleSheet) wear(page, look.styleSheet);
  const hang = () => {
    hangLogo(page, look);
    hangPicture(page, look);
  };
  hang();
  const watcher = new MutationObserver(hang);
  watcher.observe(page.body, { childList: true, subtree: true });
  return () => watcher.disconnect();
}

/**
 * Adds a style sheet. The former one is removed when the new one is loaded, so that nothing
 * flashes.
 */
function wear(page: Document, sheet: string) {
  const worn = [...page.querySelectorAll<HTMLLinkElement>("link[data-preview]")];
  if (worn.at(-1)?.getAttribute("href") === sheet) return;
  const link = page.createElement("link");
  link.rel = "stylesheet";
  link.href = sheet;
  link.dataset.preview = "";
  link.onload = () => {
    for (const former of worn) former.remove();
  };
  page.head.append(link);
}

function hangLogo(page: Document, { logo, name }: Look) {
  const place = page.querySelector<HTMLElement>(".logo");
  if (!place || place.dataset.preview === (logo ?? "")) return;
  place.dataset.preview = logo ?? "";
  place.replaceChildren(
    logo ? imageOf(page, `${BASE}/pictures/small/${logo}`) : ([...name][0] ?? ""),
  );
}

function hangPicture(page: Document, { picture }: Look) {
  const head = page.querySelector<HTMLElement>(".summary-head");
  if (!head || head.dataset.preview === (picture ?? "")) return;
  head.dataset.preview = picture ?? "";
  const hung = page.querySelector<HTMLImageElement>(".business-picture");
  if (hung) {
    hung.hidden = picture === null;
    if (picture) hung.src = `${BASE}/pictures/${picture}`;
  } else if (picture) {
    const image = imageOf(page, `${BASE}/pictures/${picture}`);
    image.className = "business-picture";
    head.after(image);
  }
}

function imageOf(page: Document, address: string): HTMLImageElement {
  const image = page.createElement("img");
  image.src = address;
  image.alt = "";
  return image;
}
