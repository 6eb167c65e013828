import type { Alternative } from "../core/wire";

export interface FieldError {
  field: string;
  code: string;
}

interface ProblemBody {
  code?: string;
  detail?: string;
  errors?: FieldError[];
  alternatives?: Alternative[];
}

/** What the server refused, or that it could not be reached. */
export class Problem extends Error {
  readonly status: number;
  readonly code: string;
  readonly errors: readonly FieldError[];
  readonly alternatives: readonly Alternative[];

  constructor(status: number, body: ProblemBody) {
    super(body.detail ?? body.code ?? `status ${status}`);
    this.status = status;
    this.code = body.code ?? "unexpected";
    this.errors = body.errors ?? [];
    this.alternatives = body.alternatives ?? [];
  }

  static unreachable(): Problem {
    return new Problem(0, { code: "unreachable" });
  }

  static async from(response: Response): Promise<Problem> {
    const body: unknown = await response.json().catch(() => null);
    return new Problem(response.status, isProblemBody(body) ? body : {});
  }

  /** Somebody else has the time, or it isn't on offer any more. */
  get isLostSlot(): boolean {
    return this.status === 409 && this.code.startsWith("slot_");
  }

  /** It is unknown whether the request was carried out; sending it again answers that. */
  get isOutcomeUnknown(): boolean {
    return this.status === 0 || this.status >= 500;
  }
}

function isProblemBody(body: unknown): body is ProblemBody {
  return typeof body === "object" && body !== null;
}
