import type { Api, Choice, MovedBooking } from "../../api/client";
import { Problem } from "../../api/problem";
import type { Cancel, Environment } from "../../core/environment";
import type { Hold } from "../../core/wire";
import {
  type Claim,
  type ClaimState,
  choiceOf,
  chosenElsewhere,
  empty,
  meets,
  refusalOf,
} from "./claim";
import type { OwnClaim, OwnClaims } from "./ownClaims";
import type { PageLife } from "./pageLife";
import { createProlonger, HIDDEN, WATCHED } from "./prolonger";

/** The page's idea of the server's clock may be a little behind. */
const SLACK = 5_000;
const LOOK_AGAIN = 5_000;

/** The visitor's claim on a time: taken, kept alive, moved, carried over to checkout, lost. */
export interface ClaimKeeper {
  readonly state: ClaimState;
  subscribe(listener: () => void): Cancel;
  /** Asks for a hold; of several wishes made meanwhile only the last is carried out. */
  choose(choice: Choice): void;
  /** Says that a time can't be had without asking for it: the page sees that it isn't free. */
  decline(choice: Choice, why: string): void;
  /** Goes on to the details with a time, held or not. */
  checkOut(choice: Choice): Promise<void>;
  release(): void;
  /** The claim has become a booking. */
  settled(): void;
  /** The booking was refused: the claim behind it is gone. */
  lose(problem: Problem): void;
  /** The server has been heard again: what it could not be asked before is no news any more. */
  reachedAgain(): void;
  /** Takes up again what this tab had before it was reloaded, once the server confirms it. */
  resume(wanted: Omit<Choice, "starts_at">): void;
  /** Whether there is a checkout of this time to go on with; one that has ended counts as well. */
  resumeCheckout(choice: Choice): boolean;
  /** Another tab of this browser has changed what it holds. */
  lookAround(): void;
}

export interface ClaimKeeperParts {
  api: Api;
  environment: Environment;
  pageLife: PageLife;
  ownClaims: OwnClaims;
}

export function createClaimKeeper(parts: ClaimKeeperParts): ClaimKeeper {
  const { api, ownClaims } = parts;
  const { clock, serverClock } = parts.environment;
  const listeners = new Set<() => void>();
  let state = empty;
  let turn = Promise.resolve();
  let latestWish = 0;
  let cancelDeadline = () => {};

  const prolonger = createProlonger({
    environment: parts.environment,
    pageLife: parts.pageLife,
    prolong: api.prolong,
    onProlonged(hold) {
      if (state.claim.kind !== "held") return;
      // Nothing that is shown changes by it.
      state = { ...state, claim: { ...state.claim, own: ownClaims.keepHold(hold) } };
      cancelDeadline();
      awaitDeadline();
    },
    onLost: (holdId) => void inTurn(() => takeAgain(holdId)),
  });

  function show(change: Partial<ClaimState>): void {
    state = { ...state, ...change };
    for (const listener of listeners) listener();
  }

  function become(claim: Claim, change: Partial<ClaimState> = {}): void {
    if (claim.kind !== "held") prolonger.stop();
    cancelDeadline();
    show({ ...change, claim });
    awaitDeadline();
  }

  /** One operation at a time. */
  function inTurn(operation: () => Promise<void>): Promise<void> {
    turn = turn.then(operation);
    return turn;
  }

  async function take(choice: Choice): Promise<void> {
    const checkout = ownCheckout(choice);
    if (checkout && timeLeft(checkout) > 0) return checkOut(choiceOf(checkout));
    try {
      await held(choice, await holdTwice(choice));
    } catch (error) {
      const problem = asProblem(error);
      if (problem.code === "holds_unavailable") become({ kind: "unheld", choice });
      else show({ refusal: refusalOf(choice, problem) });
    }
  }

  /** A second try repeats the sequence number, so that it can't undo a later wish. */
  function holdTwice(choice: Choice): Promise<Hold> {
    const sequence = api.nextSequence();
    return api.hold(choice, sequence).catch((error) => {
      if (asProblem(error).code !== "unreachable") throw error;
      return api.hold(choice, sequence);
    });
  }

  async function takeAgain(holdId: string): Promise<void> {
    const { claim } = state;
    if (claim.kind !== "held" || claim.own.id !== holdId) return;
    await holdAnew(claim.choice, claim.own);
  }

  /** A hold that the server doesn't know any more is asked for once more. */
  async function holdAnew(choice: Choice, own: OwnClaim): Promise<void> {
    ownClaims.drop(own.id);
    const latest = Date.parse(own.ends_at_latest ?? own.expires_at);
    if (serverClock.now() > latest - SLACK) return become({ kind: "ended", choice });
    try {
      const again = { ...choiceOf(own), booking: choice.booking };
      await held(choice, await api.hold(again, api.nextSequence()));
    } catch (error) {
      become({ kind: "none" }, { refusal: refusalOf(choice, asProblem(error)) });
    }
  }

  async function prolongAgain(choice: Choice, own: OwnClaim): Promise<void> {
    try {
      const seconds = parts.pageLife.isShown() ? WATCHED : HIDDEN;
      await held(choice, await api.prolong(own.id, seconds));
    } catch (error) {
      const problem = asProblem(error);
      if (problem.status === 404) await holdAnew(choice, own);
      else show({ refusal: refusalOf(choice, problem) });
    }
  }

  /** Only the server can say that a claim of before still stands: storage outlives claims. */
  function takeUp(own: OwnClaim, booking?: MovedBooking): void {
    const wish = ++latestWish;
    const choice = { ...choiceOf(own), booking };
    show({ asking: choice, refusal: null });
    void inTurn(async () => {
      if (wish !== latestWish) return;
      await (own.kind === "hold" ? prolongAgain(choice, own) : checkOut(choiceOf(own)));
      if (wish === latestWish) show({ asking: null });
    });
  }

  async function checkOut(choice: Choice): Promise<void> {
    const before = state.claim;
    const isHeld = before.kind === "held" && meets(before.own, choice);
    prolonger.stop();
    try {
      const checkout = await api.checkOut(isHeld ? choiceOf(before.own) : choice);
      const own = ownClaims.keepCheckout(checkout);
      become({ kind: "checkedOut", choice, own });
      await giveUpOthers(own);
    } catch (error) {
      const problem = asProblem(error);
      const refusal = refusalOf(choice, problem);
      const lost = problem.isLostSlot && ownCheckout(choice);
      if (lost) ownClaims.drop(lost.id);
      if (problem.isLostSlot && "own" in before && meets(before.own, choice)) {
        forgetClaim();
        become({ kind: "none" }, { refusal });
      } else {
        show({ refusal });
        if (before.kind === "held") prolonger.takeUp(before.own);
      }
    }
  }

  /** Gives a claim back, unless it is another tab's. It would end by itself if this failed. */
  async function giveUp(own: OwnClaim): Promise<void> {
    if (!ownClaims.has(own.id) || !ownClaims.isOfThisTab(own)) return;
    ownClaims.drop(own.id);
    const given =
      own.kind === "hold" ? api.release(own.id, api.nextSequence()) : api.abandon(own.id);
    await given.catch(() => null);
  }

  /** A tab has one time at a time: nothing that it had before may be shown as held later. */
  async function giveUpOthers(kept: OwnClaim): Promise<void> {
    await Promise.all(ownClaims.othersOfThisTab(kept.id).map(giveUp));
  }

  async function held(choice: Choice, hold: Hold): Promise<void> {
    const own = ownClaims.keepHold(hold);
    become({ kind: "held", choice, own });
    prolonger.follow(hold);
    await giveUpOthers(own);
  }

  function forgetClaim(): void {
    if ("own" in state.claim) ownClaims.drop(state.claim.own.id);
  }

  const ownCheckout = (choice: Choice) =>
    ownClaims.all.find((own) => own.kind === "checkout" && meets(own, choice));

  const timeLeft = (own: OwnClaim) => Date.parse(own.expires_at) - serverClock.now();

  /** The server's clock counts, and what is known of it may change while one waits. */
  function awaitDeadline(): void {
    const { claim } = state;
    const deadline = "own" in claim && deadlineOf(claim.own);
    if (!deadline) return;
    const left = Date.parse(deadline) - serverClock.now();
    if (left > 0) cancelDeadline = clock.after(Math.min(LOOK_AGAIN, left), awaitDeadline);
    else become({ kind: "ended", choice: claim.choice });
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
      const wish = ++latestWish;
      show({ asking: choice, refusal: null });
      void inTurn(async () => {
        if (wish !== latestWish) return;
        await take(choice);
        if (wish === latestWish) show({ asking: null });
      });
    },
    decline: (choice, why) => show({ refusal: { choice, why, alternatives: [] } }),
    checkOut(choice) {
      latestWish++;
      show({ asking: choice, refusal: null });
      return inTurn(async () => {
        await checkOut(choice);
        show({ asking: null });
      });
    },
    release() {
      latestWish++;
      void inTurn(async () => {
        const { claim } = state;
        become({ kind: "none" }, { asking: null, refusal: null });
        if ("own" in claim) await giveUp(claim.own);
      });
    },
    settled() {
      forgetClaim();
      become({ kind: "none" });
    },
    lose(problem) {
      const { claim } = state;
      if (claim.kind === "none") return;
      forgetClaim();
      const refusal = problem.isLostSlot ? refusalOf(claim.choice, problem) : null;
      become({ kind: "ended", choice: claim.choice }, { refusal });
    },
    reachedAgain() {
      if (state.refusal?.why === "unreachable") show({ refusal: null });
    },
    resume({ service_id, resource_id, booking }) {
      const own = ownClaims.all.findLast(
        (each) =>
          meets(each, { service_id, resource_id, starts_at: each.starts_at }) &&
          ownClaims.isOfThisTab(each) &&
          timeLeft(each) > 0,
      );
      if (own && state.claim.kind === "none" && state.asking === null) takeUp(own, booking);
    },
    resumeCheckout(choice) {
      const { claim, asking, refusal } = state;
      if (asking) return true;
      if (claim.kind !== "none") {
        return claim.kind !== "held" && claim.choice.starts_at === choice.starts_at;
      }
      const own = ownCheckout(choice);
      if (!own) return false;
      if (timeLeft(own) <= 0) become({ kind: "ended", choice });
      else if (refusal === null) takeUp(own);
      return true;
    },
    lookAround() {
      const { claim } = state;
      if (!("own" in claim) || ownClaims.has(claim.own.id)) return;
      const { choice } = claim;
      const checkout = ownCheckout(choiceOf(claim.own));
      become({ kind: "none" }, { refusal: checkout ? null : chosenElsewhere(choice) });
      if (checkout) takeUp(checkout);
    },
  };
}

/** A hold is prolonged again and again, but not beyond what the server has said. */
const deadlineOf = ({ kind, expires_at, ends_at_latest }: OwnClaim) =>
  kind === "checkout" ? expires_at : ends_at_latest;

function asProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  throw error;
}
