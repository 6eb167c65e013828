import type { Choice } from "../../api/client";
import type { ShownSlot } from "../offer/slots";
import type { ClaimKeeper } from "./claim";

/** Claims a time that is shown as free. If it no longer is, the visitor is told immediately. */
export function chooseSlot(
  keeper: ClaimKeeper,
  choice: Choice,
  seen: readonly ShownSlot[] | null,
): void {
  const state = seen?.find(({ startsAt }) => startsAt === choice.starts_at)?.state ?? "free";
  const { claim } = keeper.state;
  const isActive = claim.kind !== "none" && claim.choice.starts_at === choice.starts_at;
  if (state === "closed") keeper.decline(choice, "slot_closed");
  else if (state === "free" || state === "elsewhere") keeper.choose(choice);
  else if (state === "mine" && !isActive) keeper.choose(choice);
  else if (state !== "mine" && state !== "now") keeper.decline(choice, `slot_${state}`);
}
