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
  sendOnce: SendOnce;
}

/**
 * Creates the requests that the manage link of a booking allows. A visitor who only books never
 * loads this module.
 */
export function createManageApi(
  { environment, visitor, sendOnce }: ManageApiOptions,
  link: ManageLink,
) {
  const change = createChangeSender(environment, sendOnce);
  const path = `/api/v1/bookings/${encodeURIComponent(link.reference)}`;
  const headers = () => ({
    Authorization: `Bearer ${link.token}`,
    "Dibs-Visitor": visitor.secret(),
  });
  return {
    booking: () => send<ManagedBooking>(environment, path, { headers: headers() }),

    reschedule: ({ starts_at, resource_id }: Choice) =>
      change<Booking>("PATCH", path, headers(), { starts_at, resource_id }),

    calendarFile: () =>
      send<Blob>(environment, `${path}/calendar.ics`, {
        method: "POST",
        headers: headers(),
        isFile: true,
      }),

    cancel: () => change<Booking>("DELETE", path, headers()),
  };
}
