import type { Choice } from "../../api/client";
import type { Problem } from "../../api/problem";
import type { Cancel } from "../../core/environment";
import type { Alternative } from "../../core/wire";
import type { OwnClaim } from "./ownClaims";

/** What the visitor has in hand. */
export type Claim =
  | { kind: "none" }
  | { kind: "held"; choice: Choice; own: OwnClaim }
  /** Holds can't be had at the moment: the choice goes straight to checkout. */
  | { kind: "unheld"; choice: Choice }
  | { kind: "checkedOut"; choice: Choice; own: OwnClaim }
  | { kind: "ended"; choice: Choice };

/** Why a wish was not met. What the visitor had before stays as it was. */
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
  /** The claim has setClaim a booking. */
  forgetBookedClaim(): void;
  /** The booking was refused: the claim behind it is gone. */
  lose(problem: Problem): void;
  /** The server has been heard again: what it could not be asked before is no news any more. */
  clearUnreachable(): void;
  /** Takes up again what this tab had before it was reloaded, once the server confirms it. */
  resume(wanted: Omit<Choice, "starts_at">): void;
  /** Whether there is a checkout of this time to go on with; one that has ended counts as well. */
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

/** The time of a claim, with the very resource it is on. */
export function choiceOf({ service_id, resource_id, starts_at }: OwnClaim): Choice {
  return { service_id, resource_id, starts_at };
}

/** Whether a claim is what was chosen; a choice without a resource is met by any. */
export function matchesChoice(own: OwnClaim, choice: Choice): boolean {
  return (
    own.service_id === choice.service_id &&
    own.starts_at === choice.starts_at &&
    (choice.resource_id === undefined || own.resource_id === choice.resource_id)
  );
}

/** The choice that the visitor can go on with. */
export function activeChoice(claim: Claim): Choice | null {
  return claim.kind === "none" || claim.kind === "ended" ? null : claim.choice;
}
