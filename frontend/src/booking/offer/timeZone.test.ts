import { expect, it } from "vitest";
import { service } from "../../testing/catalog";
import type { Catalog } from "../offer/catalog";
import { zoneOf } from "./timeZone";

const resource = {
  kind: "staff",
  name: "Mia",
  languages: {},
  about: "",
  picture: null,
  service_ids: [1],
} as const;
const catalog: Catalog = {
  business: {
    name: "Studio",
    languages: {},
    time_zone: "America/New_York",
    currency: "EUR",
    email: null,
    phone: null,
    place: null,
    slot_interval: 30,
    customer_fields: {
      name: { required: true, max_length: 200 },
      email: { required: true, max_length: 254 },
      phone: { required: false, max_length: 40 },
    },
    can_sign_in: true,
    appearance: { logo: null, picture: null },
    today: "2026-11-25",
    server_time: "2026-11-25T08:00:00Z",
  },
  services: [service()],
  resources: [
    { ...resource, id: 1, time_zone: "Europe/Berlin", service_ids: [1] },
    { ...resource, id: 2, time_zone: "Asia/Tokyo", service_ids: [1] },
    { ...resource, id: 3, time_zone: "Europe/Berlin", service_ids: [1] },
  ],
};

it.each([
  [1, [1, 2], "Europe/Berlin"],
  ["any", [1, 2], "America/New_York"],
  ["any", [1, 3], "Europe/Berlin"],
  ["any", [2], "Asia/Tokyo"],
  ["any", [], "America/New_York"],
  [7, [1, 2], "America/New_York"],
] as const)("times with %s of %j are shown in %s", (staff, ids, zone) => {
  expect(zoneOf(catalog, service({ resource_ids: [...ids] }), staff)).toBe(zone);
});
