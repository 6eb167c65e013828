import type { Service } from "../../core/wire";

export interface Category {
  /** The name of the category, or null for services that have none. */
  name: string | null;
  /** The language of the name, if it isn't that of the page. */
  language: string | undefined;
  services: Service[];
}

/** Groups the services by category. Categories are in the order of their first services. */
export function categoriesOf(services: readonly Service[]): Category[] {
  const found = new Map<string | null, Service[]>();
  for (const service of services) {
    const { category } = service;
    found.set(category, [...(found.get(category) ?? []), service]);
  }
  return [...found].map(([name, some]) => ({
    name,
    language: some[0]?.languages.category,
    services: some,
  }));
}
