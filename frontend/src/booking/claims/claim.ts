import type { Choice } from "../../api/client";
import type { Problem } from "../../api/problem";
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
  asking: Choice | null;
  refusal: Refusal | null;
}

export const empty: ClaimState = { claim: { kind: "none" }, asking: null, refusal: null };

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
export function meets(own: OwnClaim, choice: Choice): boolean {
  return (
    own.service_id === choice.service_id &&
    own.starts_at === choice.starts_at &&
    (choice.resource_id === undefined || own.resource_id === choice.resource_id)
  );
}

/** The choice that the visitor can go on with. */
export function inHand(claim: Claim): Choice | null {
  return claim.kind === "none" || claim.kind === "ended" ? null : claim.choice;
}
