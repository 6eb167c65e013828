const WORDS: Record<string, string> = {
  en: "Book a time",
  de: "Termin buchen",
  fr: "Prendre rendez-vous",
  es: "Reservar una cita",
  ar: "احجز موعدًا",
};
const CLOSE: Record<string, string> = {
  en: "Close",
  de: "Schließen",
  fr: "Fermer",
  es: "Cerrar",
  ar: "إغلاق",
};

/** Returns the language of an element, or English if there are no words in it here. */
export function languageOf(element: Element): string {
  const tag = element.closest("[lang]")?.getAttribute("lang") || navigator.language;
  const language = tag.slice(0, 2).toLowerCase();
  return language in WORDS ? language : "en";
}

export const fallbackWords = (element: Element) => WORDS[languageOf(element)] as string;

export const closeWord = (element: Element) => CLOSE[languageOf(element)] as string;
