import type { Choice } from "../../api/client";
import type { Problem } from "../../api/problem";
import type { Cancel } from "../../core/environment";
import type { Alternative } from "../../core/wire";
import type { OwnClaim } from "./ownClaims";

/** What the visitor has claimed. */
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
  /** Requests a hold. Of several choices made during one request only the last is requested. */
  choose(choice: Choice): void;
  /** Refuses a time without a request, because the page knows that it isn't free. */
  decline(choice: Choice, why: string): void;
  /** Starts the checkout of a time, which may be held or not. */
  checkOut(choice: Choice): Promise<void>;
  release(): void;
  /** The claim has become a booking. */
  forgetBookedClaim(): void;
  /** The booking was refused: the claim behind it is gone. */
  lose(problem: Problem): void;
  /** The server can be reached again, so the refusal that said otherwise is removed. */
  clearUnreachable(): void;
  /** Restores the claim that this tab had before a reload, after the server has confirmed it. */
  resume(wanted: Omit<Choice, "starts_at">): void;
  /** Whether this browser has a checkout of this time, which may have ended. */
  resumeCheckout(choice: Choice): boolean;
  /** Another tab of this browser has changed what it holds. */
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

/** The time of a claim, with the resource that it is on. */
export function choiceOf({ service_id, resource_id, starts_at }: OwnClaim): Choice {
  return { service_id, resource_id, starts_at };
}

/** Whether a claim is what was chosen; a choice without a resource matches any. */
export function matchesChoice(own: OwnClaim, choice: Choice): boolean {
  return (
    own.service_id === choice.service_id &&
    own.starts_at === choice.starts_at &&
    (choice.resource_id === undefined || own.resource_id === choice.resource_id)
  );
}

/** The choice that the visitor can continue with. */
export function activeChoice(claim: Claim): Choice | null {
  return claim.kind === "none" || claim.kind === "ended" ? null : claim.choice;
}
