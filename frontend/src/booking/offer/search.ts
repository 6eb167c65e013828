import type { Service } from "../../core/wire";

/** Without capitals and accents, as people type who look for something. */
const folded = (text: string) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();

/** The services in whose name, category or description each of these words is. */
export function findServices(services: readonly Service[], wanted: string): Service[] {
  const words = folded(wanted).split(/\s+/).filter(Boolean);
  return services.filter(({ name, category, description }) => {
    const text = folded(`${name} ${category ?? ""} ${description}`);
    return words.every((word) => text.includes(word));
  });
}
