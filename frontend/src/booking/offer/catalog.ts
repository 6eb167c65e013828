import type { Business, Resource, Service } from "../../core/wire";

/** What the business offers. */
export interface Catalog {
  business: Business;
  services: Service[];
  resources: Resource[];
}

/** The language is the one that was asked for. */
export interface TranslatedCatalog extends Catalog {
  language: string;
}

/** The resources that can be booked for a service. */
export function resourcesFor(catalog: Catalog, service: Service): Resource[] {
  return catalog.resources.filter(({ id }) => service.resource_ids.includes(id));
}
