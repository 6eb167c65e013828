import type { Service } from "../core/wire";

export function service(change: Partial<Service> = {}): Service {
  return {
    id: 1,
    name: "Consultation",
    languages: {},
    description: "",
    duration: 30,
    buffer_before: 0,
    buffer_after: 0,
    slot_interval: 30,
    minimum_notice: 0,
    move_notice: 0,
    cancel_notice: 0,
    approve_within: null,
    booking_window_days: 30,
    price: "75.00",
    price_from: false,
    price_on_request: false,
    capacity: 1,
    category: null,
    picture: null,
    url: "https://studio.example/book/a",
    place: null,
    place_kind: "address",
    resource_ids: [1, 2],
    ...change,
  };
}
