/** What the owner types in the first run, and the tables that are made of it. */
export interface Draft {
  business: {
    name: string;
    time_zone: string;
    currency: string;
    language: string;
    accent: string;
    /** The name of a stored picture. */
    logo: string | null;
  };
  person: { name: string; hours: Hours };
  service: { name: string; duration: string; price: string };
}

/** Of each weekday, when it opens and closes; null: closed. */
export type Hours = Record<Weekday, { opens: string; closes: string } | null>;
export type Weekday = (typeof WEEKDAYS)[number];

export const WEEKDAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;
const USUAL = { opens: "09:00", closes: "17:00" };
const STORED = "dibs.office.setup";

export function newDraft(owner: string, languages: readonly string[]): Draft {
  const locale = new Intl.Locale(navigator.language).maximize();
  const language = languages.includes(locale.language) ? locale.language : "en";
  return {
    business: {
      name: "",
      time_zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
      currency: currencyOf(locale.region ?? ""),
      language,
      accent: "#2457c5",
      logo: null,
    },
    person: {
      name: owner,
      hours: {
        mon: USUAL,
        tue: USUAL,
        wed: USUAL,
        thu: USUAL,
        fri: USUAL,
        sat: null,
        sun: null,
      },
    },
    service: { name: "", duration: "30", price: "" },
  };
}

const CURRENCIES: Record<string, string> = {
  US: "USD",
  GB: "GBP",
  CH: "CHF",
  CA: "CAD",
  AU: "AUD",
  IN: "INR",
  PL: "PLN",
  SE: "SEK",
  JP: "JPY",
  BR: "BRL",
};

const currencyOf = (region: string) => CURRENCIES[region] ?? "EUR";

/** The tables of the catalog as far as the steps have come. */
export function tablesOf({ business, person, service }: Draft, steps: number) {
  const hours: Partial<Record<Weekday, string[]>> = {};
  for (const day of WEEKDAYS) {
    const open = person.hours[day];
    if (open) hours[day] = [`${open.opens}-${open.closes}`];
  }
  const price = service.price.trim();
  return {
    business: { ...business, name: business.name.trim(), accent: business.accent.trim() },
    resources: steps < 2 ? [] : [{ id: 1, name: person.name.trim(), hours }],
    services:
      steps < 3
        ? []
        : [
            {
              id: 1,
              name: service.name.trim(),
              duration: Number(service.duration) || 0,
              ...(price === "" ? {} : { price: withDecimals(price) }),
              resources: [1],
            },
          ],
  };
}

/** People write a comma in many places. */
const withDecimals = (price: string) => price.replace(",", ".");

/** What was typed stays, also if the page is loaded anew. */
export function keepDraft(draft: Draft): void {
  sessionStorage.setItem(STORED, JSON.stringify(draft));
}

/** The draft that was begun, which may not have all fields yet; else this new one. */
export function readDraft(fresh: Draft): Draft {
  const stored = sessionStorage.getItem(STORED);
  if (stored === null) return fresh;
  const kept = JSON.parse(stored) as Draft;
  return { ...kept, business: { ...fresh.business, ...kept.business } };
}

export const forgetDraft = () => sessionStorage.removeItem(STORED);
