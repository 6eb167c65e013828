import type { Alternative } from "../core/wire";

export interface FieldError {
  field: string;
  code: string;
  /** A sentence about it, where the code is not enough. */
  detail?: string;
}

interface ProblemBody {
  code?: string;
  detail?: string;
  errors?: FieldError[];
  alternatives?: Alternative[];
  overrides?: string[];
}

/** What the server refused, or that it could not be reached. */
export class Problem extends Error {
  readonly status: number;
  readonly code: string;
  readonly errors: readonly FieldError[];
  readonly alternatives: readonly Alternative[];
  /** The rules that the office may break by naming them. */
  readonly overrides: readonly string[];
  /** Seconds after which it may be tried again, if the server says so. */
  readonly retryAfter: number | null;

  constructor(status: number, body: ProblemBody, retryAfter: number | null = null) {
    super(body.detail ?? body.code ?? `status ${status}`);
    this.status = status;
    this.code = body.code ?? "unexpected";
    this.errors = body.errors ?? [];
    this.alternatives = body.alternatives ?? [];
    this.overrides = body.overrides ?? [];
    this.retryAfter = retryAfter;
  }

  static unreachable(): Problem {
    return new Problem(0, { code: "unreachable" });
  }

  static async from(response: Response): Promise<Problem> {
    const body: unknown = await response.json().catch(() => null);
    const seconds = Number(response.headers.get("Retry-After")) || null;
    return new Problem(response.status, isProblemBody(body) ? body : {}, seconds);
  }

  /** Somebody else has the time, or it isn't on offer any more. */
  get isLostSlot(): boolean {
    return this.status === 409 && this.code.startsWith("slot_");
  }

  /** Whether nothing is wrong but some of these fields. */
  isOnlyAbout(...fields: string[]): boolean {
    return this.errors.length > 0 && this.errors.every(({ field }) => fields.includes(field));
  }

  /** It is unknown whether the request was carried out; sending it again answers that. */
  get isOutcomeUnknown(): boolean {
    return this.status === 0 || this.status >= 500;
  }
}

function isProblemBody(body: unknown): body is ProblemBody {
  return typeof body === "object" && body !== null;
}
