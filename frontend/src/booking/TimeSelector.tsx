import { useRef } from "react";
import type { FeedStatus } from "../feed/feed";
import { time } from "./format";
import { partsOfDay, type ShownSlot } from "./slots";
import * as texts from "./texts";

interface TimeSelectorProps {
  status: FeedStatus;
  /** Null while they can't be told. */
  slots: ShownSlot[] | null;
  day: string | null;
  heading: string;
  zone: string;
  tz: string;
  asking: string | null;
  onChoose(startsAt: string): void;
}

/** The times of a day, each in the state it has this second. */
export function TimeSelector(props: TimeSelectorProps) {
  const { status, slots, day, heading, tz, asking, onChoose } = props;
  const lastKnown = useRef({ day, slots });
  if (slots || lastKnown.current.day !== day) lastKnown.current = { day, slots };
  const remembered = lastKnown.current.slots;

  const slotButton = (slot: ShownSlot) => {
    const state = slots ? slot.state : "unknown";
    return (
      <button
        key={slot.startsAt}
        type="button"
        class="slot"
        data-slot={slot.time}
        data-state={state}
        aria-pressed={state === "mine"}
        aria-disabled={state !== "free" && state !== "mine"}
        aria-busy={asking === slot.startsAt}
        title={state === "held" ? texts.heldHint : undefined}
        onClick={() => slots && onChoose(slot.startsAt)}
      >
        <span class="slot-time">{time(slot.startsAt, tz)}</span>
        <span class="slot-word">{texts.slotWords[state]}</span>
      </button>
    );
  };

  return (
    <section class="times" aria-label={heading}>
      <div class="times-head">
        <h3>{heading}</h3>
        <span
          class="connection"
          data-testid="connection"
          data-status={status}
          role="img"
          aria-label={texts.connection[status]}
          title={texts.connection[status]}
        />
        <p class="quiet">{status === "unknown" ? texts.timesUnknown : texts.timesIn(props.zone)}</p>
      </div>
      {remembered?.length === 0 && <p class="quiet">{texts.nothingFreeThatDay}</p>}
      {remembered ? (
        partsOfDay(remembered).map((part) => (
          <section key={part.name} aria-label={texts.partsOfDay[part.name]}>
            <h4>{texts.partsOfDay[part.name]}</h4>
            <div class="slots">{part.slots.map(slotButton)}</div>
          </section>
        ))
      ) : (
        <div class="slots waiting" />
      )}
    </section>
  );
}
