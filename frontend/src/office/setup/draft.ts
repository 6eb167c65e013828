import { tabStorage } from "../shell/storages";

/** The texts that the owner types in the first run, of which tables are made. */
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

/** The hours of each weekday, or null if it is closed. */
export type Hours = Record<Weekday, { opens: string; closes: string } | null>;
export type Weekday = (typeof WEEKDAYS)[number];

export const WEEKDAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;
const USUAL = { opens: "09:00", closes: "17:00" };
const STORED = "setup";

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

/** Returns the tables of the catalog that the steps so far have filled. */
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
              ...(price === "" ? {} : { price: replaceComma(price) }),
              resources: [1],
            },
          ],
  };
}

/** Turns a comma into a point, because in many places people write a comma. */
const replaceComma = (price: string) => price.replace(",", ".");

/** Keeps what was typed, also if the page is loaded again. */
export function keepDraft(draft: Draft): void {
  tabStorage.write(STORED, draft);
}

/**
 * Returns the draft that was begun, or the fresh one. A draft of an earlier version may have fewer
 * fields.
 */
export function readDraft(fresh: Draft): Draft {
  const kept = tabStorage.read<Draft>(STORED);
  if (kept === null) return fresh;
  return { ...kept, business: { ...fresh.business, ...kept.business } };
}

export const forgetDraft = () => tabStorage.remove(STORED);
