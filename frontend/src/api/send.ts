import type { Environment } from "../feed/environment";
import { HTTP_DATE } from "../feed/serverClock";
import { Problem } from "./problem";

const ATTEMPT_LASTS = 15_000;

export interface Request {
  method?: "GET" | "POST" | "PATCH" | "DELETE";
  body?: unknown;
  headers?: Record<string, string>;
  cache?: RequestCache;
  /** Lets the request outlive the page. */
  keepalive?: boolean;
}

/** Sends one request; whatever isn't a success is thrown as a `Problem`. */
export async function send<Answer>(
  environment: Environment,
  path: string,
  request: Request = {},
): Promise<Answer> {
  const sentAt = environment.clock.now();
  const attempt = new AbortController();
  const cancelTimer = environment.clock.after(ATTEMPT_LASTS, () => attempt.abort());
  try {
    const response = await environment.fetch(path, options(request, attempt.signal));
    environment.serverClock.learn(response.headers.get("Date"), sentAt, HTTP_DATE);
    if (!response.ok) throw await Problem.from(response);
    const answer: unknown = response.status === 204 ? null : await response.json();
    if (tellsTime(answer)) environment.serverClock.learn(answer.server_time, sentAt);
    return answer as Answer;
  } catch (error) {
    throw error instanceof Problem ? error : Problem.unreachable();
  } finally {
    cancelTimer();
  }
}

function options(request: Request, signal: AbortSignal): RequestInit {
  const headers = new Headers(request.headers);
  const { method = "GET", cache = "no-store", keepalive = false } = request;
  const init: RequestInit = { method, headers, signal, cache, keepalive };
  if (request.body !== undefined) {
    headers.set("Content-Type", "application/json");
    init.body = JSON.stringify(request.body);
  }
  return init;
}

function tellsTime(answer: unknown): answer is { server_time: string } {
  return typeof answer === "object" && answer !== null && "server_time" in answer;
}
