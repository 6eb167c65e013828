import type { Environment } from "../core/environment";
import type { MyBookings } from "../core/wire";
import { Problem } from "./problem";
import { send } from "./send";

/**
 * Creates the requests of a customer who signs in. The session is a cookie that scripts can't read.
 */
export function createSessionApi(environment: Environment) {
  const post = <Answer>(path: string, body: object) =>
    send<Answer>(environment, path, { method: "POST", body });
  const remove = (path: string) => send<unknown>(environment, path, { method: "DELETE" });
  return {
    /**
     * Requests a code. The letter is in `language`; if the server doesn't know the language, the
     * letter is sent without it.
     */
    async sendCode(email: string, language?: string) {
      const path = "/api/v1/session/codes";
      try {
        await post<unknown>(path, { email, language });
      } catch (error) {
        if (!(error instanceof Problem && error.isOnlyAbout("language"))) throw error;
        await post<unknown>(path, { email });
      }
    },
    signIn: (email: string, code: string) => post<unknown>("/api/v1/session", { email, code }),
    signOut: (everywhere: boolean) =>
      remove(`/api/v1/session${everywhere ? "?everywhere=true" : ""}`),
    bookings: () => send<MyBookings>(environment, "/api/v1/my/bookings"),
    data: () => send<Blob>(environment, "/api/v1/my/data", { isFile: true }),
    /** Erases the customer's data, and cancels their bookings that are still to come. */
    erase: () => remove("/api/v1/my/data?cancel=true"),
  };
}

export type SessionApi = ReturnType<typeof createSessionApi>;
