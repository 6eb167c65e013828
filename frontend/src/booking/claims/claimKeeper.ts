import type { Api, Choice, MovedBooking } from "../../api/client";
import { Problem } from "../../api/problem";
import type { Environment } from "../../core/environment";
import type { Hold } from "../../core/wire";
import {
  type Claim,
  type ClaimKeeper,
  type ClaimState,
  choiceOf,
  chosenElsewhere,
  matchesChoice,
  NO_CLAIM,
  refusalOf,
} from "./claim";
import type { OwnClaim, OwnClaims } from "./ownClaims";
import type { PageLife } from "./pageLife";
import { createProlonger, HIDDEN_SECONDS, SHOWN_SECONDS } from "./prolonger";

/** Milliseconds by which the page's estimate of the server's time may be behind. */
const CLOCK_TOLERANCE = 5_000;
const DEADLINE_CHECK_INTERVAL = 5_000;

export interface ClaimKeeperOptions {
  api: Api;
  environment: Environment;
  pageLife: PageLife;
  ownClaims: OwnClaims;
}

export function createClaimKeeper(options: ClaimKeeperOptions): ClaimKeeper {
  const { api, ownClaims } = options;
  const { clock, serverClock } = options.environment;
  const listeners = new Set<() => void>();
  let state = NO_CLAIM;
  let turn = Promise.resolve();
  let latestRequest = 0;
  let cancelDeadline = () => {};

  const prolonger = createProlonger({
    environment: options.environment,
    pageLife: options.pageLife,
    prolong: api.prolong,
    onProlonged(hold) {
      if (state.claim.kind !== "held") return;
      // Nothing that is shown changes, so the listeners aren't called.
      state = { ...state, claim: { ...state.claim, own: ownClaims.keepHold(hold) } };
      cancelDeadline();
      awaitDeadline();
    },
    onLost: (holdId) => void runInOrder(() => reacquire(holdId)),
  });

  function setState(change: Partial<ClaimState>): void {
    state = { ...state, ...change };
    for (const listener of listeners) listener();
  }

  function setClaim(claim: Claim, change: Partial<ClaimState> = {}): void {
    if (claim.kind !== "held") prolonger.stop();
    cancelDeadline();
    setState({ ...change, claim });
    awaitDeadline();
  }

  /** Runs one operation after the other. */
  function runInOrder(operation: () => Promise<void>): Promise<void> {
    turn = turn.then(operation);
    return turn;
  }

  async function acquire(choice: Choice): Promise<void> {
    const checkout = ownCheckout(choice);
    if (checkout && timeLeft(checkout) > 0) return checkOut(choiceOf(checkout));
    try {
      await acceptHold(choice, await holdWithRetry(choice));
    } catch (error) {
      const problem = asProblem(error);
      if (problem.code === "holds_unavailable") setClaim({ kind: "unheld", choice });
      else setState({ refusal: refusalOf(choice, problem) });
    }
  }

  /**
   * Requests a hold, a second time if the server wasn't reached. Both requests have the same
   * sequence number, so that the second can't undo a later request.
   */
  function holdWithRetry(choice: Choice): Promise<Hold> {
    const sequence = api.nextSequence();
    return api.hold(choice, sequence).catch((error) => {
      if (asProblem(error).code !== "unreachable") throw error;
      return api.hold(choice, sequence);
    });
  }

  async function reacquire(holdId: string): Promise<void> {
    const { claim } = state;
    if (claim.kind !== "held" || claim.own.id !== holdId) return;
    await holdAgain(claim.choice, claim.own);
  }

  /** Requests a hold again when the server no longer has it. */
  async function holdAgain(choice: Choice, own: OwnClaim): Promise<void> {
    ownClaims.drop(own.id);
    const latest = Date.parse(own.ends_at_latest ?? own.expires_at);
    if (serverClock.now() > latest - CLOCK_TOLERANCE) return setClaim({ kind: "ended", choice });
    try {
      const again = { ...choiceOf(own), booking: choice.booking };
      await acceptHold(choice, await api.hold(again, api.nextSequence()));
    } catch (error) {
      setClaim({ kind: "none" }, { refusal: refusalOf(choice, asProblem(error)) });
    }
  }

  async function resumeHold(choice: Choice, own: OwnClaim): Promise<void> {
    try {
      const seconds = options.pageLife.isShown() ? SHOWN_SECONDS : HIDDEN_SECONDS;
      await acceptHold(choice, await api.prolong(own.id, seconds));
    } catch (error) {
      const problem = asProblem(error);
      if (problem.status === 404) await holdAgain(choice, own);
      else setState({ refusal: refusalOf(choice, problem) });
    }
  }

  /**
   * Asks the server to confirm an earlier claim, which may have ended while it was in the storage.
   */
  function resumeClaim(own: OwnClaim, booking?: MovedBooking): void {
    const request = ++latestRequest;
    const choice = { ...choiceOf(own), booking };
    setState({ pendingChoice: choice, refusal: null });
    void runInOrder(async () => {
      if (request !== latestRequest) return;
      await (own.kind === "hold" ? resumeHold(choice, own) : checkOut(choiceOf(own)));
      if (request === latestRequest) setState({ pendingChoice: null });
    });
  }

  async function checkOut(choice: Choice): Promise<void> {
    const before = state.claim;
    const isHeld = before.kind === "held" && matchesChoice(before.own, choice);
    prolonger.stop();
    try {
      const checkout = await api.checkOut(isHeld ? choiceOf(before.own) : choice);
      const own = ownClaims.keepCheckout(checkout);
      setClaim({ kind: "checkedOut", choice, own });
      await giveBackOthers(own);
    } catch (error) {
      const problem = asProblem(error);
      const refusal = refusalOf(choice, problem);
      const lost = problem.isLostSlot && ownCheckout(choice);
      if (lost) ownClaims.drop(lost.id);
      if (problem.isLostSlot && "own" in before && matchesChoice(before.own, choice)) {
        forgetClaim();
        setClaim({ kind: "none" }, { refusal });
      } else {
        setState({ refusal });
        if (before.kind === "held") prolonger.resume(before.own);
      }
    }
  }

  /**
   * Gives a claim back, unless it belongs to another tab. If the request fails, the claim ends by
   * itself.
   */
  async function giveBack(own: OwnClaim): Promise<void> {
    if (!ownClaims.has(own.id) || !ownClaims.isOfThisTab(own)) return;
    ownClaims.drop(own.id);
    const given =
      own.kind === "hold" ? api.release(own.id, api.nextSequence()) : api.abandon(own.id);
    await given.catch(() => null);
  }

  /**
   * Gives back the other claims of this tab: a tab claims one time at a time, and an earlier claim
   * must not be shown as held later.
   */
  async function giveBackOthers(kept: OwnClaim): Promise<void> {
    await Promise.all(ownClaims.othersOfThisTab(kept.id).map(giveBack));
  }

  async function acceptHold(choice: Choice, hold: Hold): Promise<void> {
    const own = ownClaims.keepHold(hold);
    setClaim({ kind: "held", choice, own });
    prolonger.follow(hold);
    await giveBackOthers(own);
  }

  function forgetClaim(): void {
    if ("own" in state.claim) ownClaims.drop(state.claim.own.id);
  }

  const ownCheckout = (choice: Choice) =>
    ownClaims.all.find((own) => own.kind === "checkout" && matchesChoice(own, choice));

  const timeLeft = (own: OwnClaim) => Date.parse(own.expires_at) - serverClock.now();

  /**
   * Waits for the end of the claim. Deadlines are in the server's time, and the page's estimate of
   * that time may change during the wait.
   */
  function awaitDeadline(): void {
    const { claim } = state;
    const deadline = "own" in claim && deadlineOf(claim.own);
    if (!deadline) return;
    const left = Date.parse(deadline) - serverClock.now();
    if (left > 0)
      cancelDeadline = clock.after(Math.min(DEADLINE_CHECK_INTERVAL, left), awaitDeadline);
    else setClaim({ kind: "ended", choice: claim.choice });
  }

  return {
    get state() {
      return state;
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    choose(choice) {
      const request = ++latestRequest;
      setState({ pendingChoice: choice, refusal: null });
      void runInOrder(async () => {
        if (request !== latestRequest) return;
        await acquire(choice);
        if (request === latestRequest) setState({ pendingChoice: null });
      });
    },
    decline: (choice, why) => setState({ refusal: { choice, why, alternatives: [] } }),
    checkOut(choice) {
      latestRequest++;
      setState({ pendingChoice: choice, refusal: null });
      return runInOrder(async () => {
        await checkOut(choice);
        setState({ pendingChoice: null });
      });
    },
    release() {
      latestRequest++;
      void runInOrder(async () => {
        const { claim } = state;
        setClaim({ kind: "none" }, { pendingChoice: null, refusal: null });
        if ("own" in claim) await giveBack(claim.own);
      });
    },
    forgetBookedClaim() {
      forgetClaim();
      setClaim({ kind: "none" });
    },
    lose(problem) {
      const { claim } = state;
      if (claim.kind === "none") return;
      forgetClaim();
      const refusal = problem.isLostSlot ? refusalOf(claim.choice, problem) : null;
      setClaim({ kind: "ended", choice: claim.choice }, { refusal });
    },
    clearUnreachable() {
      if (state.refusal?.why === "unreachable") setState({ refusal: null });
    },
    resume({ service_id, resource_id, booking }) {
      const own = ownClaims.all.findLast(
        (each) =>
          matchesChoice(each, { service_id, resource_id, starts_at: each.starts_at }) &&
          ownClaims.isOfThisTab(each) &&
          timeLeft(each) > 0,
      );
      if (own && state.claim.kind === "none" && state.pendingChoice === null)
        resumeClaim(own, booking);
    },
    resumeCheckout(choice) {
      const { claim, pendingChoice, refusal } = state;
      if (pendingChoice) return true;
      if (claim.kind !== "none") {
        return claim.kind !== "held" && claim.choice.starts_at === choice.starts_at;
      }
      const own = ownCheckout(choice);
      if (!own) return false;
      if (timeLeft(own) <= 0) setClaim({ kind: "ended", choice });
      else if (refusal === null) resumeClaim(own);
      return true;
    },
    syncFromOtherTabs() {
      const { claim } = state;
      if (!("own" in claim) || ownClaims.has(claim.own.id)) return;
      const { choice } = claim;
      const checkout = ownCheckout(choiceOf(claim.own));
      setClaim({ kind: "none" }, { refusal: checkout ? null : chosenElsewhere(choice) });
      if (checkout) resumeClaim(checkout);
    },
  };
}

/**
 * Returns the deadline of a claim. A hold is prolonged repeatedly, but not beyond the latest end
 * that the server has set.
 */
const deadlineOf = ({ kind, expires_at, ends_at_latest }: OwnClaim) =>
  kind === "checkout" ? expires_at : ends_at_latest;

function asProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  throw error;
}
