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
import { texts } from "./texts";
import { firstFree } from "./useMonth";
import type { Offer, OfferWanted } from "./useOffer";

interface TimePickerProps extends OfferWanted {
  offer: Offer;
  onDay(day: string, how: "push" | "replace"): void;
  /** The next step. */
  children: ComponentChildren;
}

/** The month, the times of the open day, and what the visitor has chosen of them. */
export function TimePicker({ offer, service, staff, day, onDay, children }: TimePickerProps) {
  const { environment, keeper } = useParts();
  const state = useClaim();
  const { tz, slots, nextFree, monthState } = offer;
  const take = (startsAt: string) =>
    choiceMade(keeper, { serviceId: service.id, resourceId: resourceOf(staff), startsAt }, slots);
  const nearest = (startsAt: string) =>
    slots
      ? nearestFree(slots, startsAt)
      : (state.refusal?.alternatives.map((alternative) => alternative.starts_at) ?? []);

  const first = firstFree(monthState);
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
            monthState.kind === "known" && texts.nothingFree(shortDay(offer.lastDay))
          )}
        </p>
      </div>
      <TimeSelector
        polling={offer.polling}
        slots={slots}
        heading={day === null ? texts.chooseDay : longDay(day)}
        zone={zoneName(tz, environment.serverClock.now())}
        tz={tz}
        asking={state.asking?.startsAt ?? null}
        onChoose={take}
      />
      <Bar
        title={
          choice
            ? `${shortDay(dayOf(choice.startsAt, tz))}, ${time(choice.startsAt, tz)}`
            : texts.chooseTime
        }
        notice={<ClaimNotice state={state} tz={tz} nearest={nearest} onTake={take} />}
      >
        {children}
      </Bar>
    </>
  );
}
