import { wallTime } from "../../core/localTime";
import type { ClaimState } from "../claims/claim";
import { time } from "../format/format";
import { explainRefusal } from "../refusals";
import { fill, texts } from "../texts";

interface ClaimNoticeProps {
  state: ClaimState;
  timeZone: string;
  /** Returns the free times nearest to a lost one. */
  nearest(startsAt: string): readonly string[];
  onTake(startsAt: string): void;
}

/** Tells whether the notice asks the visitor to do something. */
export const isUrgent = ({ claim, refusal, pendingChoice }: ClaimState) =>
  pendingChoice === null && (refusal !== null || claim.kind === "ended");

/**
 * Tells whether the same choice may succeed the next time, because the time is not known to be
 * taken.
 */
const canBeRetried = (why: string) => !/^slot_|^superseded$|^chosen_elsewhere$/.test(why);

/**
 * The notice about what became of the visitor's choice, with other times if the chosen one is lost.
 */
export function ClaimNotice({ state, timeZone, nearest, onTake }: ClaimNoticeProps) {
  const { claim, refusal, pendingChoice } = state;
  if (pendingChoice)
    return (
      <span class="late">
        {fill(texts.requestingTime, { time: time(pendingChoice.starts_at, timeZone) })}
      </span>
    );
  if (refusal) {
    const startsAt = refusal.choice.starts_at;
    const alternatives = refusal.why.startsWith("slot_") ? nearest(startsAt) : [];
    return (
      <>
        <span>{explainRefusal(refusal.why, time(startsAt, timeZone))}</span>
        {alternatives.length > 0 && <span>{texts.nearest}</span>}
        {alternatives.map((alternative) => (
          <button
            key={alternative}
            type="button"
            class="chip"
            data-testid="alternative"
            data-slot={wallTime(alternative, timeZone)}
            onClick={() => onTake(alternative)}
          >
            {time(alternative, timeZone)}
          </button>
        ))}
        {canBeRetried(refusal.why) && (
          <button
            type="button"
            class="chip"
            data-testid="try-again"
            onClick={() => onTake(startsAt)}
          >
            {texts.tryAgain}
          </button>
        )}
      </>
    );
  }
  if (claim.kind === "none") return null;
  const startsAt = claim.choice.starts_at;
  const when = time(startsAt, timeZone);
  if (claim.kind === "ended") {
    return (
      <>
        <span>{fill(texts.ended, { time: when })}</span>
        <button
          type="button"
          class="chip"
          data-testid="take-again"
          onClick={() => onTake(startsAt)}
        >
          {fill(texts.takeAgain, { time: when })}
        </button>
      </>
    );
  }
  return (
    <span>
      {fill(claim.kind === "unheld" ? texts.yourChoice : texts.heldForYou, { time: when })}
    </span>
  );
}
