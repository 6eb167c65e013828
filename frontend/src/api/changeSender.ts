import type { Environment } from "../core/environment";
import type { SendOnce } from "./idempotency";
import { send } from "./send";

/** Sends changes of bookings. A change that is sent several times is made only once. */
export const createChangeSender =
  (environment: Environment, sendOnce: SendOnce) =>
  <Answer>(
    method: "POST" | "PATCH" | "DELETE",
    path: string,
    headers: Record<string, string>,
    body?: object,
  ) =>
    sendOnce(`${method} ${path}`, body, (key) =>
      send<Answer>(environment, path, {
        method,
        headers: { ...headers, "Idempotency-Key": key },
        body,
      }),
    );
