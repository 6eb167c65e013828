import type { Environment } from "../feed/environment";
import type { IdempotencyKeys } from "./idempotency";
import { send } from "./send";
import type { Visitor } from "./visitor";
import type {
  Availability,
  Booking,
  Business,
  Checkout,
  Customer,
  DayView,
  Hold,
  ManagedBooking,
  NewBooking,
  Resource,
  Service,
} from "./wire";

/** A time that a visitor wants; without a resource, with anyone who is free. */
export interface Choice {
  serviceId: number;
  resourceId: number | null;
  startsAt: string;
}

export interface ManageLink {
  reference: string;
  token: string;
}

export type Api = ReturnType<typeof createApi>;

export function createApi(environment: Environment, visitor: Visitor, keys: IdempotencyKeys) {
  const read = <Answer>(path: string) => send<Answer>(environment, path);

  const asVisitor = () => ({ Authorization: `Bearer ${visitor.secret()}` });

  const asCustomer = (link: ManageLink) => ({
    Authorization: `Bearer ${link.token}`,
    "Dibs-Visitor": visitor.secret(),
  });

  /** A change of a booking: however often it is sent, it happens once. */
  const change = <Answer>(method: Method, path: string, headers: Headers, body?: object) =>
    keys.once(`${method} ${path}`, body, (key) =>
      send<Answer>(environment, path, {
        method,
        headers: { ...headers, "Idempotency-Key": key },
        body,
      }),
    );

  return {
    business: () => read<Business>("/business"),
    services: () => read<Service[]>("/services"),
    resources: () => read<Resource[]>("/resources"),

    availability(serviceId: number, resourceId: number | null, from: string, to: string) {
      const only = resourceId === null ? "" : `&resource=${resourceId}`;
      return read<Availability>(`/services/${serviceId}/availability?from=${from}&to=${to}${only}`);
    },

    day(serviceId: number, resourceId: number | null, day: string) {
      const only = resourceId === null ? "" : `?resource=${resourceId}`;
      return read<DayView>(`/services/${serviceId}/days/${day}${only}`);
    },

    nextSequence: () => visitor.nextSequence(),

    hold: (choice: Choice, sequence: number) =>
      send<Hold>(environment, "/holds", {
        method: "POST",
        headers: asVisitor(),
        body: { ...wanted(choice), seq: sequence },
      }),

    prolong: (holdId: string, seconds: number, keepalive = false) =>
      send<Hold>(environment, `/holds/${holdId}`, {
        method: "PATCH",
        headers: asVisitor(),
        body: { ttl: seconds },
        keepalive,
      }),

    release: (holdId: string, sequence: number) =>
      send<null>(environment, `/holds/${holdId}?seq=${sequence}`, {
        method: "DELETE",
        headers: asVisitor(),
      }),

    checkOut: (choice: Choice) =>
      change<Checkout>("POST", "/checkouts", asVisitor(), wanted(choice)),

    abandon: (checkoutId: string) =>
      change<null>("DELETE", `/checkouts/${checkoutId}`, asVisitor()),

    book: (checkoutId: string, customer: Customer) =>
      change<NewBooking>("POST", "/bookings", asVisitor(), { checkout_id: checkoutId, customer }),

    booking: (link: ManageLink) =>
      send<ManagedBooking>(environment, pathOf(link), { headers: asCustomer(link) }),

    reschedule: (link: ManageLink, choice: Choice) =>
      change<Booking>("PATCH", pathOf(link), asCustomer(link), time(choice)),

    cancel: (link: ManageLink) => change<Booking>("DELETE", pathOf(link), asCustomer(link)),
  };
}

type Method = "POST" | "PATCH" | "DELETE";
type Headers = Record<string, string>;

const pathOf = ({ reference }: ManageLink) => `/bookings/${encodeURIComponent(reference)}`;

const wanted = (choice: Choice) => ({ service_id: choice.serviceId, ...time(choice) });

const time = ({ startsAt, resourceId }: Choice) =>
  resourceId === null ? { starts_at: startsAt } : { starts_at: startsAt, resource_id: resourceId };
