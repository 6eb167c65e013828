import type { Alternative } from "../core/wire";

export interface FieldError {
  field: string;
  code: string;
  /** A sentence about the fault, if the code is not enough. */
  detail?: string;
}

interface ProblemBody {
  code?: string;
  detail?: string;
  errors?: FieldError[];
  alternatives?: Alternative[];
  overrides?: string[];
}

/** The refusal of a request, or the failure to reach the server. */
export class Problem extends Error {
  readonly status: number;
  readonly code: string;
  readonly errors: readonly FieldError[];
  readonly alternatives: readonly Alternative[];
  /** The rules that the office may override by naming them. */
  readonly overrides: readonly string[];
  /** Seconds after which the request may be sent again, or null if the server names none. */
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

  /** Tells whether somebody else has the time, or it isn't offered any more. */
  get isLostSlot(): boolean {
    return this.status === 409 && this.code.startsWith("slot_");
  }

  /** Tells whether only these fields are wrong. */
  isOnlyAbout(...fields: string[]): boolean {
    return this.errors.length > 0 && this.errors.every(({ field }) => fields.includes(field));
  }

  /**
   * Tells whether it is unknown if the request was carried out. To learn it, the request is sent
   * again.
   */
  get isOutcomeUnknown(): boolean {
    return this.status === 0 || this.status >= 500;
  }
}

function isProblemBody(body: unknown): body is ProblemBody {
  return typeof body === "object" && body !== null;
}
