import type { Environment } from "../core/environment";
import { dayPath } from "../core/paths";
import type {
  Availability,
  Business,
  Checkout,
  DayView,
  FirstFree,
  Hold,
  NewBooking,
  Order,
  Reader,
  Resource,
  Service,
} from "../core/wire";
import { createChangeSender } from "./changeSender";
import type { SendOnce } from "./idempotency";
import { send } from "./send";
import type { Visitor } from "./visitor";

/** A time that a visitor wants. Without a resource, any free resource will do. */
export interface Choice {
  service_id: number;
  resource_id: number | undefined;
  starts_at: string;
  /** The booking that is to be moved to this time. It doesn't make the time busy. */
  booking?: MovedBooking | undefined;
}

/** A booking with the proof that it is the visitor's own. */
export interface MovedBooking {
  reference: string;
  manage_token: string;
}

export type Api = ReturnType<typeof createApi>;

export function createApi(environment: Environment, visitor: Visitor, sendOnce: SendOnce) {
  const read = <Answer>(path: string) => send<Answer>(environment, path);

  const asVisitor = () => ({ Authorization: `Bearer ${visitor.secret()}` });

  const change = createChangeSender(environment, sendOnce);

  /** Asks for something that changes often, so the browser must not answer from its cache. */
  function readCurrent<Answer>(
    serviceId: number,
    resourceId: number | undefined,
    question: string,
  ): Promise<Answer> {
    const only = resourceId === undefined ? "" : `&resource=${resourceId}`;
    const path = `/api/v1/services/${serviceId}/${question}${only}`;
    return send<Answer>(environment, path, { cache: "no-cache" });
  }

  return {
    business: (language: string) => read<Business>(`/api/v1/business?lang=${language}`),
    services: (language: string) => read<Service[]>(`/api/v1/services?lang=${language}`),
    resources: (language: string) => read<Resource[]>(`/api/v1/resources?lang=${language}`),

    async freeByDay(serviceId: number, resourceId: number | undefined, from: string, to: string) {
      const question = `availability?from=${from}&to=${to}`;
      const { days } = await readCurrent<Availability>(serviceId, resourceId, question);
      const each = Object.entries(days);
      return {
        free: Object.fromEntries(each.map(([day, { free }]) => [day, free])),
        full: each.flatMap(([day, { full }]) => (full ? [day] : [])),
      };
    },

    firstFree: (serviceId: number, resourceId: number | undefined, from: string) =>
      readCurrent<FirstFree>(serviceId, resourceId, `first-free?from=${from}`),

    nextFree: (serviceId: number, resourceId: number) =>
      readCurrent<FirstFree>(serviceId, resourceId, "first-free?slots=true"),

    day: (serviceId: number, resourceId: number | undefined, day: string) =>
      read<DayView>(dayPath(serviceId, resourceId, day)),

    nextSequence: () => visitor.nextSequence(),

    hold: (choice: Choice, sequence: number) =>
      send<Hold>(environment, "/api/v1/holds", {
        method: "POST",
        headers: asVisitor(),
        body: { ...choice, seq: sequence },
      }),

    prolong: (holdId: string, seconds: number, keepalive = false) =>
      send<Hold>(environment, `/api/v1/holds/${holdId}`, {
        method: "PATCH",
        headers: asVisitor(),
        body: { ttl: seconds },
        keepalive,
      }),

    release: (holdId: string, sequence: number) =>
      send<null>(environment, `/api/v1/holds/${holdId}?seq=${sequence}`, {
        method: "DELETE",
        headers: asVisitor(),
      }),

    checkOut: (choice: Choice) =>
      change<Checkout>("POST", "/api/v1/checkouts", asVisitor(), choice),

    abandon: (checkoutId: string) =>
      change<null>("DELETE", `/api/v1/checkouts/${checkoutId}`, asVisitor()),

    book: (checkoutId: string, order: Order, reader: Reader) =>
      change<NewBooking>("POST", "/api/v1/bookings", asVisitor(), {
        checkout_id: checkoutId,
        ...order,
        ...reader,
      }),
  };
}
