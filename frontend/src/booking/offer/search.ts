import type { Service } from "../../core/wire";

/** Removes capitals and accents, which people leave out when they search. */
const fold = (text: string) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();

/** Returns the services whose name, category or description contains each of the words. */
export function findServices(services: readonly Service[], wanted: string): Service[] {
  const words = fold(wanted).split(/\s+/).filter(Boolean);
  return services.filter(({ name, category, description }) => {
    const text = fold(`${name} ${category ?? ""} ${description}`);
    return words.every((word) => text.includes(word));
  });
}
