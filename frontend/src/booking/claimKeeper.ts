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
import { createProlonger } from "./prolonger";

/** A hold can't be prolonged beyond this; a little less, since the server's limit comes first. */
const HOLD_LASTS = 10 * 60_000 - 5_000;
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
  /** Takes up again what this tab held before it was reloaded. */
  resumeHold(serviceId: number): void;
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
      if (state.claim.kind === "held") ownClaims.keepHold(hold, state.claim.own.takenAt);
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
    if (claim.kind === "checkedOut") awaitDeadline(claim.choice, claim.own);
    show({ ...change, claim });
  }

  /** One operation at a time. */
  function inTurn(operation: () => Promise<void>): Promise<void> {
    turn = turn.then(operation);
    return turn;
  }

  async function take(choice: Choice): Promise<void> {
    const checkout = ownCheckout(choice);
    if (checkout) return become({ kind: "checkedOut", choice, own: checkout });
    const before = state.claim;
    if (before.kind === "checkedOut" && overlaps(before.own, choice)) await giveUp(before.own);
    try {
      held(choice, await holdTwice(choice), serverClock.now());
      if (before.kind === "checkedOut") await giveUp(before.own);
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
    const { choice, own } = claim;
    forgetClaim();
    if (serverClock.now() - own.takenAt > HOLD_LASTS) return become({ kind: "ended", choice });
    try {
      held(choice, await api.hold(choiceOf(own), api.nextSequence()), own.takenAt);
    } catch (error) {
      become({ kind: "none" }, { refusal: refusalOf(choice, asProblem(error)) });
    }
  }

  async function checkOut(choice: Choice): Promise<void> {
    const before = state.claim;
    const isHeld = before.kind === "held" && meets(before.own, choice);
    prolonger.stop();
    try {
      const checkout = await api.checkOut(isHeld ? choiceOf(before.own) : choice);
      const own = ownClaims.keepCheckout(checkout);
      become({ kind: "checkedOut", choice, own });
      if ("own" in before && !isSameTime(before.own, own)) await giveUp(before.own);
    } catch (error) {
      const problem = asProblem(error);
      const refusal = refusalOf(choice, problem);
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

  function held(choice: Choice, hold: Hold, takenAt: number): void {
    become({ kind: "held", choice, own: ownClaims.keepHold(hold, takenAt) });
    prolonger.follow(hold);
  }

  function forgetClaim(): void {
    if ("own" in state.claim) ownClaims.drop(state.claim.own.id);
  }

  const ownCheckout = (choice: Choice) =>
    ownClaims.all.find((own) => own.kind === "checkout" && meets(own, choice));

  const timeLeft = (own: OwnClaim) => Date.parse(own.expires_at) - serverClock.now();

  /** The server's clock counts, and what is known of it may change while one waits. */
  function awaitDeadline(choice: Choice, own: OwnClaim): void {
    cancelDeadline = clock.after(Math.min(LOOK_AGAIN, Math.max(0, timeLeft(own))), () => {
      if (timeLeft(own) > 0) awaitDeadline(choice, own);
      else become({ kind: "ended", choice });
    });
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
    resumeHold(serviceId) {
      const own = ownClaims.all.find(
        (claim) => claim.kind === "hold" && claim.service_id === serviceId,
      );
      if (state.claim.kind !== "none" || !own || !ownClaims.isOfThisTab(own)) return;
      become({ kind: "held", choice: choiceOf(own), own });
      prolonger.takeUp(own);
    },
    resumeCheckout(choice) {
      const { claim } = state;
      if (claim.kind !== "none") {
        return claim.kind !== "held" && claim.choice.starts_at === choice.starts_at;
      }
      const own = ownCheckout(choice);
      if (!own) return false;
      if (timeLeft(own) <= 0) {
        become({ kind: "ended", choice });
      } else {
        become({ kind: "checkedOut", choice, own });
        void inTurn(() => checkOut(choiceOf(own)));
      }
      return true;
    },
    lookAround() {
      const { claim } = state;
      if (!("own" in claim) || ownClaims.has(claim.own.id)) return;
      const { choice } = claim;
      const checkout = ownCheckout(choiceOf(claim.own));
      if (checkout) become({ kind: "checkedOut", choice, own: checkout });
      else become({ kind: "none" }, { refusal: chosenElsewhere(choice) });
    },
  };
}

function asProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  throw error;
}
