import type { SlotPolling } from "../react/useSlotPolling";
import { ConnectionDot } from "./ConnectionDot";
import { time } from "./format";
import { partsOfDay, type ShownSlot } from "./slots";
import { texts } from "./texts";

interface TimeSelectorProps {
  polling: SlotPolling;
  /** Null while they can't be told. */
  slots: ShownSlot[] | null;
  heading: string;
  zone: string;
  tz: string;
  asking: string | null;
  onChoose(startsAt: string): void;
}

/** The times of a day, each in the state it has this second. */
export function TimeSelector(props: TimeSelectorProps) {
  const { polling, slots, heading, zone, tz, asking, onChoose } = props;
  return (
    <section class="times" aria-label={heading}>
      <div class="times-head">
        <h3>{heading}</h3>
        <ConnectionDot status={polling.status} />
        <p class="zone">{texts.timesIn(zone)}</p>
      </div>
      {slots === null ? (
        <UnknownTimes isConnecting={polling.status === "connecting"} />
      ) : (
        <>
          {slots.length === 0 && <p class="quiet">{texts.nothingFreeThatDay}</p>}
          {partsOfDay(slots).map((part) => (
            <section key={part.name} aria-label={texts.partsOfDay[part.name]}>
              <h4>{texts.partsOfDay[part.name]}</h4>
              <div class="slots">
                {part.slots.map((slot) => (
                  <SlotButton
                    key={slot.startsAt}
                    slot={slot}
                    tz={tz}
                    isAsking={asking === slot.startsAt}
                    onChoose={() => onChoose(slot.startsAt)}
                  />
                ))}
              </div>
            </section>
          ))}
        </>
      )}
    </section>
  );
}

interface SlotButtonProps {
  slot: ShownSlot;
  tz: string;
  isAsking: boolean;
  onChoose(): void;
}

function SlotButton({ slot, tz, isAsking, onChoose }: SlotButtonProps) {
  const { state } = slot;
  return (
    <button
      type="button"
      class="slot"
      data-slot={slot.time}
      data-state={state}
      aria-pressed={state === "mine"}
      aria-disabled={state !== "free" && state !== "mine"}
      aria-busy={isAsking}
      title={state === "held" ? texts.heldHint : undefined}
      onClick={onChoose}
    >
      <span class="slot-time">{time(slot.startsAt, tz)}</span>
      <span class="slot-word">{texts.slotWords[state]}</span>
    </button>
  );
}

const SKELETONS = ["one", "two", "three", "four", "five", "six", "seven", "eight"];

function UnknownTimes({ isConnecting }: { isConnecting: boolean }) {
  return (
    <>
      <p class="quiet">{isConnecting ? texts.loading : texts.timesUnknown}</p>
      <div class="slots" aria-hidden="true">
        {SKELETONS.map((name) => (
          <span key={name} class="slot skeleton" data-state="unknown" />
        ))}
      </div>
    </>
  );
}
