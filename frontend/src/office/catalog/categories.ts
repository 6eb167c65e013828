import type { Part, ServiceTable } from "./wire";

export interface Category {
  /** Null: services without a category. */
  name: string | null;
  services: Part<ServiceTable>[];
}

/** The services by category, in the order in which customers see both. */
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

/** The names of all categories, to choose from. */
export const categoryNames = (services: readonly Part<ServiceTable>[]) =>
  categoriesOf(services).flatMap(({ name }) => (name === null ? [] : [name]));
