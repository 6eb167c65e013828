import type { BrowserStorage } from "../api/storage";
import type en from "./languages/en.json";

type Texts = typeof en;
type Plural = Record<"other", string> & Partial<Record<Intl.LDMLPluralRule | "none", string>>;
type Values = Record<string, string | number>;

const files = import.meta.glob<Texts>("./languages/*.json", { import: "default" });
const laterFiles = import.meta.glob<Pick<Texts, "later">>("./languages/*.json", {
  import: "default",
  query: "?later",
});
const fileOf = (language: string) => `./languages/${language}.json`;

/**
 * What the page says, in its language; it is there before anything is shown. All sentences are in
 * `languages/`, a file for each language. The build makes lists of them and puts the place in its
 * list for each `texts.something` and `later.something`, so texts are named by these two words only.
 */
export let texts: Omit<Texts, "later">;
/** What only the steps after the choice of a time say, and those who manage bookings. */
export let later: Texts["later"];
/** The tag by which dates and numbers are written: "de-AT" where the browser speaks it, else "de". */
export let locale = "en-GB";
/** The tag of the language whose habits count: how hours are told and which day begins a week. */
export let habits = "en-GB";

/** The element that says in which language it is: the document, or what stands for it. */
export let speaker = globalThis.document?.documentElement;

/** Leaves the document as it is. Has to be called before anything is said. */
export function speakBy(element: HTMLElement): void {
  speaker = element;
}

/** The tags of the languages that there are, in the order of their names in themselves. */
export const languages = () => Object.keys(files).map((file) => file.slice(12, -5));
const languageOf = (tag: string) => tag.split("-")[0]?.toLowerCase() ?? "";

/** "Deutsch" */
export function nameOf(language: string): string {
  const name = new Intl.DisplayNames([language], { type: "language" }).of(language) ?? language;
  return name.charAt(0).toLocaleUpperCase(language) + name.slice(1);
}

export const REMEMBERED = "language";

/** What the address asks for, else what was chosen before, else what the server found. */
export function wantedLanguage(storage: BrowserStorage): string {
  const asked = new URLSearchParams(location.search).get("lang") ?? "";
  return firstSpoken(asked, storage.read<string>(REMEMBERED) ?? "", document.documentElement.lang);
}

/** The first of these languages that there is. */
export const firstSpoken = (...tags: string[]) =>
  tags.map(languageOf).find((language) => fileOf(language) in files) ?? "en";

/** The page speaks this language from now on; what is shown already has to be shown again. */
export async function speak(language: string): Promise<void> {
  const load = files[fileOf(language)];
  if (!load) return;
  texts = await load();
  locale = localeOf(language);
  const browser = understood(navigator.language);
  habits = browser && !(fileOf(languageOf(browser)) in files) ? browser : locale;
  speaker.lang = language;
  speaker.dir = texts.direction;
  if (later) await loadLater();
}

/** Has to be called before anything is shown that says `later`. */
export async function loadLater(): Promise<void> {
  const { lang } = speaker;
  const found = await laterFiles[fileOf(lang)]?.();
  if (found) later = found.later;
  if (speaker.lang !== lang) await loadLater();
}

/** Remembers a visitor's choice: here for the page, in a cookie for the server that writes its head. */
export function rememberLanguage(storage: BrowserStorage, language: string, path: string): void {
  storage.write(REMEMBERED, language);
  if (speaker !== document.documentElement) return;
  // biome-ignore lint/suspicious/noDocumentCookie: Firefox and WebKit have no other way without TLS
  document.cookie = `dibs_language=${language}; path=${path}/; max-age=31536000; samesite=lax`;
  const address = new URL(location.href);
  address.searchParams.delete("lang");
  if (address.href !== location.href) history.replaceState(history.state, "", address);
}

function localeOf(language: string): string {
  const spoken = [navigator.language, ...(navigator.languages ?? [])];
  const found = spoken.find((tag) => languageOf(tag) === language && understood(tag));
  return (found && understood(found)) || (language === "en" ? "en-GB" : language);
}

/** Some browsers name a language that doesn't exist: "C". */
function understood(tag: string): string | null {
  try {
    return new Intl.Locale(tag).baseName;
  } catch {
    return null;
  }
}

/** How many places to the right the next one is: -1 on a page from right to left. */
export const onward = () => (texts.direction === "rtl" ? -1 : 1);

/** A text with its values. */
export function fill(text: string, values: Values): string {
  return text.replace(/\{(\w+)\}/g, (_, name) => {
    const value = values[name] ?? "";
    return isolated(typeof value === "number" ? number(value) : value);
  });
}

/**
 * On a page from right to left a value is set apart from the words around it, so that a name, a time
 * or an address stays in its own order. What was put together already has the order of the page.
 */
export function isolated(value: string): string {
  if (texts.direction === "ltr") return value;
  return `${value.includes("\u2068") ? "\u2067" : "\u2068"}${value}\u2069`;
}

/** "Mia, Oemer" */
export const list = (names: readonly string[]) =>
  new Intl.ListFormat(locale, { style: "short", type: "unit" }).format(names.map(isolated));

/** The form of a text that the language has for this number; `none` is for nothing at all. */
export const plural = (forms: Plural, count: number) => fill(pluralForm(forms, count), { count });

export const pluralForm = (forms: Plural, count: number) =>
  (count === 0 && forms.none) || forms[new Intl.PluralRules(locale).select(count)] || forms.other;

export const number = (value: number, options?: Intl.NumberFormatOptions) =>
  new Intl.NumberFormat(locale, options).format(value);
