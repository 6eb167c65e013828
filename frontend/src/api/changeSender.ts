import type { Environment } from "../core/environment";
import type { SendOnce } from "./idempotency";
import { send } from "./send";

/** Sends changes of bookings: however often one is sent, it happens once. */
export const createChangeSender =
  (environment: Environment, once: SendOnce) =>
  <Answer>(
    method: "POST" | "PATCH" | "DELETE",
    path: string,
    headers: Record<string, string>,
    body?: object,
  ) =>
    once(`${method} ${path}`, body, (key) =>
      send<Answer>(environment, path, {
        method,
        headers: { ...headers, "Idempotency-Key": key },
        body,
      }),
    );
