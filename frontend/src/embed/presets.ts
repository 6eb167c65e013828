import type { BrowserStorage } from "../api/storage";
import { type Draft, draftFrom } from "../booking/hooks/useDraft";
import { addressOf, type Route } from "../booking/route";
import type { Resource, Service } from "../core/wire";
import type { Presets } from "./start";

interface Offered {
  services: readonly Service[];
  resources: readonly Resource[];
}

/**
 * Returns the services that can be booked. A preset that names no existing service or resource is
 * ignored.
 */
export function presetServices(presets: Presets, { services, resources }: Offered): Service[] {
  const only = serviceCalled(presets.service, services);
  const named = only ? [only] : [...services];
  const who = resourceCalled(presets.staff, resources);
  const theirs = who ? named.filter(({ resource_ids }) => resource_ids.includes(who.id)) : [];
  if (!who || theirs.length === 0) return named;
  return theirs.map((service) => ({ ...service, resource_ids: [who.id] }));
}

/**
 * Returns the first address. A service or resource that the search of the page around names is only
 * chosen in advance; the visitor can change it.
 */
export function firstAddress(presets: Presets, { services, resources }: Offered): string {
  const given = new URLSearchParams(presets.search);
  const service = presets.service === null && serviceCalled(given.get("service"), services);
  if (!service) return addressOf({ step: "service" });
  const serviceId = service.id;
  const who = resourceCalled(given.get("staff") ?? given.get("resource"), resources);
  const route: Route =
    who && service.resource_ids.includes(who.id)
      ? { step: "time", serviceId, staff: who.id, day: null }
      : { step: "staff", serviceId, day: null };
  return addressOf(route);
}

/** Fills in the form in advance, except where the visitor has typed. It never sends the form. */
export function fillIn({ name, email, phone, search }: Presets, tabStorage: BrowserStorage): void {
  const attributes = dropEmpty({ name: name ?? "", email: email ?? "", phone: phone ?? "" });
  const given = { ...draftFrom(search), ...attributes };
  if (Object.keys(given).length === 0) return;
  const typed = dropEmpty(tabStorage.read<Draft>("customer") ?? {});
  tabStorage.write("customer", { name: "", email: "", phone: "", ...given, ...typed });
}

const dropEmpty = (draft: Partial<Draft>): Partial<Draft> =>
  Object.fromEntries(Object.entries(draft).filter(([, value]) => value.trim() !== ""));

const serviceCalled = (name: string | null, services: readonly Service[]) =>
  services.find(({ id, url }) =>
    isCalled(name, id, decodeURI(url.slice(url.lastIndexOf("/") + 1))),
  );

const resourceCalled = (name: string | null, resources: readonly Resource[]) =>
  resources.find((resource) => isCalled(name, resource.id, slugOf(resource.name)));

const isCalled = (name: string | null, id: number, slug: string) =>
  name !== null && (name === String(id) || slugOf(name) === slug);

/** Writes a name as the server does in addresses. */
function slugOf(name: string): string {
  const plain = name.toLowerCase().normalize("NFKD").replace(/\p{M}/gu, "");
  return plain.replace(/[^\p{L}\p{N}]+/gu, "-").replace(/^-|-$/g, "");
}
