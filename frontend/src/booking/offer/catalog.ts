import type { Business, Resource, Service } from "../../core/wire";

/** The business with the services and resources that it offers. */
export interface Catalog {
  business: Business;
  services: Service[];
  resources: Resource[];
}

/** A catalog and the language in which it was requested. */
export interface TranslatedCatalog extends Catalog {
  language: string;
}

/** Returns the resources that can be booked for a service. */
export function resourcesFor(catalog: Catalog, service: Service): Resource[] {
  return catalog.resources.filter(({ id }) => service.resource_ids.includes(id));
}
