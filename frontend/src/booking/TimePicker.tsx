import type { ComponentChildren } from "preact";
import { useEffect } from "react";
import { Bar } from "./Bar";
import { ClaimNotice } from "./ClaimNotice";
import { choiceMade } from "./choose";
import { inHand } from "./claim";
import { dayOf, longDay, shortDay, time, zoneName } from "./format";
import { MonthGrid } from "./MonthGrid";
import { useClaim, useParts } from "./parts";
import { resourceOf } from "./route";
import { nearestFree } from "./slots";
import { TimeSelector } from "./TimeSelector";
import * as texts from "./texts";
import { firstFree } from "./useMonth";
import type { Offer, OfferWanted } from "./useOffer";

interface TimePickerProps extends OfferWanted {
  offer: Offer;
  /** Why the next step could not be taken. */
  failure?: string;
  onDay(day: string, how: "push" | "replace"): void;
  /** The next step. */
  children: ComponentChildren;
}

/** The month, the times of the open day, and what the visitor has chosen of them. */
export function TimePicker(props: TimePickerProps) {
  const { offer, service, staff, day, failure, onDay, children } = props;
  const { environment, keeper } = useParts();
  const state = useClaim();
  const { tz, slots, nextFree, monthState } = offer;
  const take = (startsAt: string) =>
    choiceMade(
      keeper,
      { service_id: service.id, resource_id: resourceOf(staff), starts_at: startsAt },
      slots,
    );
  const nearest = (startsAt: string) =>
    slots
      ? nearestFree(slots, startsAt)
      : (state.refusal?.alternatives.map((alternative) => alternative.starts_at) ?? []);

  const first = firstFree(monthState, offer.today);
  useEffect(() => {
    if (day === null && first !== null) onDay(first.day, "replace");
  });

  const choice = inHand(state.claim);
  return (
    <>
      <h2 class="visually-hidden" tabIndex={-1}>
        {texts.chooseTime}
      </h2>
      <div class="days">
        <MonthGrid
          month={offer.month}
          state={monthState}
          selected={day}
          today={offer.today}
          lastDay={offer.lastDay}
          onMonth={offer.showMonth}
          onDay={(opened) => onDay(opened, "push")}
        />
        <p class="next-free">
          {nextFree ? (
            <button
              type="button"
              class="link"
              data-testid="next-free"
              onClick={() => {
                onDay(nextFree.day, "push");
                if (nextFree.startsAt !== null) take(nextFree.startsAt);
              }}
            >
              {texts.nextFree(
                shortDay(nextFree.day),
                nextFree.startsAt && time(nextFree.startsAt, tz),
              )}
            </button>
          ) : (
            monthState.kind === "known" && offer.today in monthState.free && texts.nothingFree
          )}
        </p>
      </div>
      <TimeSelector
        status={offer.status}
        slots={slots}
        day={day}
        heading={day === null ? texts.chooseDay : longDay(day)}
        zone={zoneName(tz, environment.serverClock.now())}
        tz={tz}
        hasSeats={service.capacity > 1}
        asking={state.asking?.starts_at ?? null}
        onChoose={take}
      />
      <Bar
        title={
          choice
            ? `${shortDay(dayOf(choice.starts_at, tz))}, ${time(choice.starts_at, tz)}`
            : texts.chooseTime
        }
        notice={failure || <ClaimNotice state={state} tz={tz} nearest={nearest} onTake={take} />}
      >
        {children}
      </Bar>
    </>
  );
}
