import { Problem } from "../../api/problem";
import { type Request, send } from "../../api/send";
import { BASE } from "../../core/base";
import { browserEnvironment, type Cancel, type Environment } from "../../core/environment";

import type { SignedInOut } from "./types";

export type {
  LinkOut as Link,
  SessionOut as Session,
  SignedInOut as SignedIn,
} from "./types";

export type Role = SignedInOut["role"];

export interface Credentials {
  email: string;
  password: string;
  second_factor?: string;
}

export interface LinkUse {
  token: string;
  password: string;
  name?: string;
  email?: string;
}

/**
 * Sends requests of the office, and tells its listeners when one is refused because nobody is
 * signed in.
 */
export interface OfficeApi {
  environment: Environment;
  /** Returns the address of a file that a browser can save. */
  addressOfFile(path: string): string;
  /**
   * Gets what a page shows. If nobody is signed in, the request waits until somebody is, and is
   * sent again, because the page stays open behind the form to sign in.
   */
  get<Answer>(path: string): Promise<Answer>;
  change<Answer>(
    method: "POST" | "PUT" | "PATCH" | "DELETE",
    path: string,
    body?: unknown,
    /** An idempotency key: a request that is sent again with its key is carried out only once. */
    key?: string,
  ): Promise<Answer>;
  onSignedOut(listener: () => void): Cancel;
  /** Tells the listeners that nobody is signed in. A stream is told so without a request. */
  tellSignedOut(): void;
  /** Sends the waiting requests again. */
  tellSignedIn(): void;
}

const PREFIX = "/api/v1/admin";

export function createOfficeApi(environment: Environment = browserEnvironment()): OfficeApi {
  const listeners = new Set<() => void>();
  const tellSignedOut = () => {
    for (const listener of listeners) listener();
  };
  let waiting: (() => void)[] = [];
  async function request<Answer>(path: string, options: Request): Promise<Answer> {
    try {
      return await send<Answer>(environment, PREFIX + path, options);
    } catch (error) {
      if (isSignedOut(error)) tellSignedOut();
      throw error;
    }
  }
  async function get<Answer>(path: string): Promise<Answer> {
    for (;;) {
      try {
        return await request<Answer>(path, {});
      } catch (error) {
        if (!isSignedOut(error)) throw error;
        await new Promise<void>((sendAgain) => waiting.push(sendAgain));
      }
    }
  }
  return {
    environment,
    addressOfFile: (path) => BASE + PREFIX + path,
    get,
    change: (method, path, body, key) =>
      request(path, {
        method,
        ...(body === undefined ? {} : { body }),
        ...(key === undefined ? {} : { headers: { "Idempotency-Key": key } }),
      }),
    onSignedOut(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    tellSignedOut,
    tellSignedIn() {
      const requests = waiting;
      waiting = [];
      for (const sendAgain of requests) sendAgain();
    },
  };
}

const isSignedOut = (error: unknown) => error instanceof Problem && error.code === "not_signed_in";
