import type { ComponentChildren } from "preact";
import { useRef } from "react";
import type { FeedStatus } from "../../feed/feed";
import { time } from "../format/format";
import { useSlotKeys } from "../hooks/useSlotKeys";
import { partsOfDay, type ShownSlot } from "../offer/slots";
import * as texts from "../texts";

interface TimeSelectorProps {
  status: FeedStatus;
  /** Null while they are unknown. */
  slots: ShownSlot[] | null;
  day: string | null;
  heading: string;
  zone: string;
  timeZone: string;
  /** Several people may take one time. */
  hasSeats: boolean;
  pendingStart: string | null;
  /** Leads to the next free time when this day has none. */
  nextFreeButton: ComponentChildren;
  onChoose(startsAt: string): void;
}

const CHOOSABLE = ["free", "mine", "elsewhere"];

/** A held time may become free again. */
const isGone = ({ state }: ShownSlot) => state === "taken" || state === "closed";

/** The times of a day, each in the state it has this second; one of them is reached by Tab. */
export function TimeSelector(props: TimeSelectorProps) {
  const {
    status,
    slots,
    day,
    heading,
    timeZone,
    hasSeats,
    pendingStart,
    nextFreeButton,
    onChoose,
  } = props;
  const lastKnown = useRef({ day, slots });
  if (slots || lastKnown.current.day !== day) lastKnown.current = { day, slots };
  const remembered = lastKnown.current.slots;
  const keys = useSlotKeys(remembered ?? []);

  const word = ({ state, seatsLeft }: ShownSlot) =>
    hasSeats && state === "free" ? texts.seatsLeft(seatsLeft) : texts.slotWords[state];

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
        aria-disabled={!CHOOSABLE.includes(state)}
        aria-busy={pendingStart === slot.startsAt}
        title={state === "held" ? texts.heldHint : undefined}
        tabIndex={slot.startsAt === keys.tabStop ? 0 : -1}
        onFocus={() => keys.focused(slot.startsAt)}
        onClick={() => slots && onChoose(slot.startsAt)}
      >
        <span class="slot-time">{time(slot.startsAt, timeZone)}</span>
        <span class="slot-word">{slots ? word(slot) : texts.slotWords.unknown}</span>
      </button>
    );
  };

  return (
    <section class="times" aria-label={heading} onKeyDown={keys.move}>
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
      {remembered?.every(isGone) && (
        <div class="no-times">
          <p class="quiet">{texts.nothingFreeThatDay}</p>
          {nextFreeButton}
        </div>
      )}
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
