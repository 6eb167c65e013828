import type { Api, Choice } from "../api/client";
import { Problem } from "../api/problem";
import type { Hold } from "../api/wire";
import type { Cancel, Environment } from "../feed/environment";
import {
  type Claim,
  type ClaimState,
  choiceOf,
  chosenElsewhere,
  empty,
  meets,
  overlaps,
  refusalOf,
} from "./claim";
import { isSameTime, type OwnClaim, type OwnClaims } from "./ownClaims";
import type { PageLife } from "./pageLife";
import { Prolonger } from "./prolonger";

/** A hold can't be prolonged beyond this; a little less, since the server's limit comes first. */
const HOLD_LASTS = 10 * 60_000 - 5_000;

interface Parts {
  api: Api;
  environment: Environment;
  pageLife: PageLife;
  ownClaims: OwnClaims;
}

/** The visitor's claim on a time: taken, kept alive, moved, carried over to checkout, lost. */
export class ClaimKeeper {
  readonly #api: Api;
  readonly #environment: Environment;
  readonly #ownClaims: OwnClaims;
  readonly #prolonger: Prolonger;
  readonly #listeners = new Set<() => void>();
  #state: ClaimState = empty;
  #turn: Promise<void> = Promise.resolve();
  #wish = 0;
  #cancelDeadline: Cancel = () => {};

  constructor(parts: Parts) {
    this.#api = parts.api;
    this.#environment = parts.environment;
    this.#ownClaims = parts.ownClaims;
    this.#prolonger = new Prolonger(parts.environment.clock, parts.pageLife, {
      prolong: parts.api.prolong,
      prolonged: (hold) => this.#prolonged(hold),
      lost: (holdId) => this.#inTurn(() => this.#takeAgain(holdId)),
    });
  }

  get state(): ClaimState {
    return this.#state;
  }

  subscribe(listener: () => void): Cancel {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Asks for a hold; of several wishes made meanwhile only the last is carried out. */
  choose(choice: Choice): void {
    const wish = ++this.#wish;
    this.#show({ asking: choice, refusal: null });
    this.#inTurn(async () => {
      if (wish !== this.#wish) return;
      await this.#take(choice);
      if (wish === this.#wish) this.#show({ asking: null });
    });
  }

  /** Goes on to the details with a time, held or not. */
  checkOut(choice: Choice): Promise<void> {
    this.#wish++;
    this.#show({ asking: choice, refusal: null });
    return this.#inTurn(async () => {
      await this.#checkOut(choice);
      this.#show({ asking: null });
    });
  }

  release(): void {
    this.#wish++;
    this.#inTurn(async () => {
      const { claim } = this.#state;
      this.#become({ kind: "none" });
      this.#show({ asking: null, refusal: null });
      if ("own" in claim) await this.#giveUp(claim.own);
    });
  }

  /** Takes up again what this tab held before it was reloaded. */
  resumeHold(serviceId: number): void {
    const own = this.#ownClaims.all.find(
      (claim) => claim.kind === "hold" && claim.serviceId === serviceId,
    );
    if (this.#state.claim.kind !== "none" || !own || !this.#ownClaims.isOfThisTab(own)) return;
    this.#become({ kind: "held", choice: choiceOf(own), own });
    this.#prolonger.takeUp(own.id);
  }

  /** Whether there is a checkout of this time to go on with; one that has ended counts as well. */
  resumeCheckout(choice: Choice): boolean {
    const { claim } = this.#state;
    if (claim.kind !== "none" && "choice" in claim) {
      return claim.kind !== "held" && claim.choice.startsAt === choice.startsAt;
    }
    const own = this.#ownCheckout(choice);
    if (!own) return false;
    if (Date.parse(own.expiresAt) <= this.#environment.serverClock.now()) {
      this.#become({ kind: "ended", choice });
    } else {
      this.#become({ kind: "checkedOut", choice, own });
      void this.checkOut(choiceOf(own));
    }
    return true;
  }

  /** The claim has become a booking. */
  settled(): void {
    this.#forgetClaim();
    this.#become({ kind: "none" });
  }

  /** The booking was refused: the claim behind it is gone. */
  lose(problem: Problem): void {
    const { claim } = this.#state;
    if (claim.kind === "none") return;
    this.#forgetClaim();
    this.#become({ kind: "ended", choice: claim.choice });
    if (problem.isLostSlot) this.#show({ refusal: refusalOf(claim.choice, problem) });
  }

  /** Says that a time can't be had without asking for it: the page sees that it isn't free. */
  decline(choice: Choice, why: string): void {
    this.#show({ refusal: { choice, why, alternatives: [] } });
  }

  /** Another tab of this browser has changed what it holds. */
  lookAround(): void {
    const { claim } = this.#state;
    if (!("own" in claim) || this.#ownClaims.has(claim.own.id)) return;
    const checkout = this.#ownCheckout(choiceOf(claim.own));
    if (checkout) {
      this.#become({ kind: "checkedOut", choice: claim.choice, own: checkout });
    } else {
      this.#become({ kind: "none" });
      this.#show({ refusal: chosenElsewhere(claim.choice) });
    }
  }

  async #take(choice: Choice): Promise<void> {
    const checkout = this.#ownCheckout(choice);
    if (checkout) {
      this.#become({ kind: "checkedOut", choice, own: checkout });
      return;
    }
    const before = this.#state.claim;
    if (before.kind === "checkedOut" && overlaps(before.own, choice))
      await this.#giveUp(before.own);
    const sequence = this.#api.nextSequence();
    try {
      const hold = await this.#retrying(() => this.#api.hold(choice, sequence));
      this.#held(choice, hold, this.#environment.serverClock.now());
      if (before.kind === "checkedOut") await this.#giveUp(before.own);
    } catch (error) {
      const problem = asProblem(error);
      if (problem.code === "holds_unavailable") this.#become({ kind: "unheld", choice });
      else this.#show({ refusal: refusalOf(choice, problem) });
    }
  }

  async #takeAgain(holdId: string): Promise<void> {
    const { claim } = this.#state;
    if (claim.kind !== "held" || claim.own.id !== holdId) return;
    const { choice, own } = claim;
    this.#forgetClaim();
    if (this.#environment.serverClock.now() - own.takenAt > HOLD_LASTS) {
      this.#become({ kind: "ended", choice });
      return;
    }
    try {
      const hold = await this.#api.hold(choiceOf(own), this.#api.nextSequence());
      this.#held(choice, hold, own.takenAt);
    } catch (error) {
      this.#become({ kind: "none" });
      this.#show({ refusal: refusalOf(choice, asProblem(error)) });
    }
  }

  async #checkOut(choice: Choice): Promise<void> {
    const before = this.#state.claim;
    this.#prolonger.stop();
    try {
      const own = this.#ownClaims.keepCheckout(await this.#api.checkOut(choice));
      this.#become({ kind: "checkedOut", choice, own });
      if ("own" in before && !isSameTime(before.own, own)) await this.#giveUp(before.own);
    } catch (error) {
      const problem = asProblem(error);
      this.#show({ refusal: refusalOf(choice, problem) });
      if (!("own" in before)) return;
      if (problem.isLostSlot && meets(before.own, choice)) {
        this.#forgetClaim();
        this.#become({ kind: "none" });
      } else if (before.kind === "held") {
        this.#prolonger.takeUp(before.own.id);
      }
    }
  }

  /** Gives a claim back, unless it is another tab's. It would end by itself if this failed. */
  async #giveUp(own: OwnClaim): Promise<void> {
    if (!this.#ownClaims.has(own.id) || !this.#ownClaims.isOfThisTab(own)) return;
    this.#ownClaims.drop(own.id);
    const given =
      own.kind === "hold"
        ? this.#api.release(own.id, this.#api.nextSequence())
        : this.#api.abandon(own.id);
    await given.catch(() => null);
  }

  #held(choice: Choice, hold: Hold, takenAt: number): void {
    const own = this.#ownClaims.keepHold(hold, takenAt);
    this.#become({ kind: "held", choice, own });
    this.#prolonger.follow(hold.id);
  }

  #prolonged(hold: Hold): void {
    const { claim } = this.#state;
    if (claim.kind === "held") this.#ownClaims.keepHold(hold, claim.own.takenAt);
  }

  /** A second try repeats the sequence number, so that it can't undo a later wish. */
  async #retrying<Answer>(operation: () => Promise<Answer>): Promise<Answer> {
    try {
      return await operation();
    } catch (error) {
      if (asProblem(error).code !== "unreachable") throw error;
      return operation();
    }
  }

  #ownCheckout(choice: Choice): OwnClaim | undefined {
    return this.#ownClaims.all.find((own) => own.kind === "checkout" && meets(own, choice));
  }

  #forgetClaim(): void {
    const { claim } = this.#state;
    if ("own" in claim) this.#ownClaims.drop(claim.own.id);
  }

  #inTurn(operation: () => Promise<void>): Promise<void> {
    this.#turn = this.#turn.then(operation);
    return this.#turn;
  }

  #become(claim: Claim): void {
    if (claim.kind !== "held") this.#prolonger.stop();
    this.#cancelDeadline();
    if (claim.kind === "checkedOut") this.#awaitDeadline(claim.own);
    this.#show({ claim });
  }

  #awaitDeadline(own: OwnClaim): void {
    const left = Date.parse(own.expiresAt) - this.#environment.serverClock.now();
    this.#cancelDeadline = this.#environment.clock.after(Math.max(0, left), () => {
      const { claim } = this.#state;
      if (claim.kind !== "checkedOut") return;
      if (Date.parse(own.expiresAt) > this.#environment.serverClock.now()) {
        this.#awaitDeadline(own);
      } else {
        this.#become({ kind: "ended", choice: claim.choice });
      }
    });
  }

  #show(change: Partial<ClaimState>): void {
    this.#state = { ...this.#state, ...change };
    for (const listener of this.#listeners) listener();
  }
}

function asProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  throw error;
}
