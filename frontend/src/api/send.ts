import type { Environment } from "../core/environment";
import { HTTP_DATE } from "../core/serverClock";
import { Problem } from "./problem";

const REQUEST_TIMEOUT = 15_000;
/** The upload of a file may take a while. */
const FILE_TIMEOUT = 120_000;

export interface Request {
  method?: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** A value that is sent as JSON, or a file that is sent as it is. */
  body?: unknown;
  headers?: Record<string, string>;
  cache?: RequestCache;
  /** Whether the answer is a file, not JSON. */
  isFile?: boolean;
  /** Lets the request outlive the page. */
  keepalive?: boolean;
}

/** Sends one request. Throws a `Problem` unless it succeeds. */
export async function send<Answer>(
  environment: Environment,
  path: string,
  request: Request = {},
): Promise<Answer> {
  const sentAt = environment.clock.now();
  const attempt = new AbortController();
  const timeout = request.body instanceof Blob ? FILE_TIMEOUT : REQUEST_TIMEOUT;
  const cancelTimer = environment.clock.after(timeout, () => attempt.abort());
  try {
    const response = await environment.fetch(path, options(request, attempt.signal));
    environment.serverClock.learn(response.headers.get("Date"), sentAt, HTTP_DATE);
    if (!response.ok) throw await Problem.from(response);
    if (request.isFile) return (await response.blob()) as Answer;
    const answer: unknown = response.status === 204 ? null : await response.json();
    if (hasServerTime(answer)) environment.serverClock.learn(answer.server_time, sentAt);
    if (hasSecondsLeft(answer)) setDeadlines(answer, environment, sentAt);
    return answer as Answer;
  } catch (error) {
    throw error instanceof Problem ? error : Problem.unreachable();
  } finally {
    cancelTimer();
  }
}

/**
 * Puts both deadlines of a claim on the page's clock. The clocks of the server and of the hold
 * store may differ, so the time that is left comes from `expires_in`.
 */
function setDeadlines(claim: Timed, { clock, serverClock }: Environment, sentAt: number): void {
  const writtenAt = serverClock.now() - (clock.now() - sentAt) / 2;
  const expiresAt = writtenAt + claim.expires_in * 1_000;
  const off = expiresAt - Date.parse(claim.expires_at);
  const correct = (instant: string) => new Date(Date.parse(instant) + off).toISOString();
  claim.expires_at = correct(claim.expires_at);
  if (claim.ends_at_latest) claim.ends_at_latest = correct(claim.ends_at_latest);
}

function options(request: Request, signal: AbortSignal): RequestInit {
  const headers = new Headers(request.headers);
  const { method = "GET", cache = "no-store", keepalive = false } = request;
  const init: RequestInit = { method, headers, signal, cache, keepalive };
  if (request.body instanceof Blob) {
    headers.set("Content-Type", request.body.type || "text/csv");
    init.body = request.body;
  } else if (request.body !== undefined) {
    headers.set("Content-Type", "application/json");
    init.body = JSON.stringify(request.body);
  }
  return init;
}

interface Timed {
  expires_at: string;
  expires_in: number;
  ends_at_latest?: string;
}

function hasSecondsLeft(answer: unknown): answer is Timed {
  return (
    hasField(answer, "expires_in") &&
    typeof answer.expires_in === "number" &&
    hasField(answer, "expires_at")
  );
}

const hasField = <Name extends string>(
  answer: unknown,
  name: Name,
): answer is Record<Name, unknown> =>
  typeof answer === "object" && answer !== null && name in answer;

function hasServerTime(answer: unknown): answer is { server_time: string } {
  return hasField(answer, "server_time");
}
