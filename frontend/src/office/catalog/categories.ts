import type { Part, ServiceTable } from "./wire";

export interface Category {
  /** The name of the category, or null for services that have none. */
  name: string | null;
  services: Part<ServiceTable>[];
}

/** Groups the services by category, in the order in which customers see both. */
export function categoriesOf(services: readonly Part<ServiceTable>[]): Category[] {
  const found = new Map<string | null, Part<ServiceTable>[]>();
  for (const each of services) {
    const { category } = each.table;
    found.set(category, [...(found.get(category) ?? []), each]);
  }
  return [...found].map(([name, some]) => ({ name, services: some }));
}

export const idsOf = (categories: readonly Category[]) =>
  categories.flatMap(({ services }) => services.map(({ table }) => table.id));

/** Returns the names of all categories, to choose from. */
export const categoryNames = (services: readonly Part<ServiceTable>[]) =>
  categoriesOf(services).flatMap(({ name }) => (name === null ? [] : [name]));
