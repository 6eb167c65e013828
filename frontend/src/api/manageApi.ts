import type { Environment } from "../core/environment";
import type { Booking, ManagedBooking } from "../core/wire";
import { createChangeSender } from "./changeSender";
import type { Choice } from "./client";
import type { SendOnce } from "./idempotency";
import { send } from "./send";
import type { Visitor } from "./visitor";

export interface ManageLink {
  reference: string;
  token: string;
}

interface ManageApiOptions {
  environment: Environment;
  visitor: Visitor;
  once: SendOnce;
}

/** What the manage link of a booking allows. Who only books never loads it. */
export function createManageApi(
  { environment, visitor, once }: ManageApiOptions,
  link: ManageLink,
) {
  const change = createChangeSender(environment, once);
  const path = `/api/v1/bookings/${encodeURIComponent(link.reference)}`;
  const headers = () => ({
    Authorization: `Bearer ${link.token}`,
    "Dibs-Visitor": visitor.secret(),
  });
  return {
    booking: () => send<ManagedBooking>(environment, path, { headers: headers() }),

    reschedule: ({ starts_at, resource_id }: Choice) =>
      change<Booking>("PATCH", path, headers(), { starts_at, resource_id }),

    cancel: () => change<Booking>("DELETE", path, headers()),
  };
}
