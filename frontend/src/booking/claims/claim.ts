import type { Choice } from "../../api/client";
import type { Problem } from "../../api/problem";
import type { Cancel } from "../../core/environment";
import type { Alternative } from "../../core/wire";
import type { OwnClaim } from "./ownClaims";

/** The visitor's claim, or the state in which they have none. */
export type Claim =
  | { kind: "none" }
  | { kind: "held"; choice: Choice; own: OwnClaim }
  /** Holds are not possible at the moment: the choice goes directly to checkout. */
  | { kind: "unheld"; choice: Choice }
  | { kind: "checkedOut"; choice: Choice; own: OwnClaim }
  | { kind: "ended"; choice: Choice };

/** Why a choice was refused. The visitor keeps the earlier claim. */
export interface Refusal {
  choice: Choice;
  why: string;
  alternatives: readonly Alternative[];
}

export interface ClaimState {
  claim: Claim;
  pendingChoice: Choice | null;
  refusal: Refusal | null;
}

/** The visitor's claim on a time: acquires, prolongs and moves it, and takes it to checkout. */
export interface ClaimKeeper {
  readonly state: ClaimState;
  subscribe(listener: () => void): Cancel;
  /**
   * Requests a hold. If the visitor chooses several times during one request, only the last is
   * requested.
   */
  choose(choice: Choice): void;
  /** Refuses a time without a request, because the page knows that it isn't free. */
  decline(choice: Choice, why: string): void;
  /** Starts the checkout of a time, which may be held or not. */
  checkOut(choice: Choice): Promise<void>;
  release(): void;
  /** Forgets the claim, because it has become a booking. */
  forgetBookedClaim(): void;
  /** Gives up the claim, because the booking was refused and the claim behind it is gone. */
  lose(problem: Problem): void;
  /**
   * Removes the refusal that says that the server can't be reached, because it can be reached
   * again.
   */
  clearUnreachable(): void;
  /** Restores the claim that this tab had before a reload, after the server has confirmed it. */
  resume(wanted: Omit<Choice, "starts_at">): void;
  /**
   * Takes up a checkout of this time if this browser has one, even an ended one. Tells whether it
   * has.
   */
  resumeCheckout(choice: Choice): boolean;
  /** Takes over what another tab of this browser has claimed or given back. */
  syncFromOtherTabs(): void;
}

export const NO_CLAIM: ClaimState = { claim: { kind: "none" }, pendingChoice: null, refusal: null };

export function refusalOf(choice: Choice, problem: Problem): Refusal {
  return { choice, why: problem.code, alternatives: problem.alternatives };
}

export const chosenElsewhere = (choice: Choice): Refusal => ({
  choice,
  why: "chosen_elsewhere",
  alternatives: [],
});

/** Returns the time of a claim, with its resource. */
export function choiceOf({ service_id, resource_id, starts_at }: OwnClaim): Choice {
  return { service_id, resource_id, starts_at };
}

/** Tells whether a claim is what was chosen. A choice without a resource matches any resource. */
export function matchesChoice(own: OwnClaim, choice: Choice): boolean {
  return (
    own.service_id === choice.service_id &&
    own.starts_at === choice.starts_at &&
    (choice.resource_id === undefined || own.resource_id === choice.resource_id)
  );
}

/** Returns the choice that the visitor can continue with, or null. */
export function activeChoice(claim: Claim): Choice | null {
  return claim.kind === "none" || claim.kind === "ended" ? null : claim.choice;
}
