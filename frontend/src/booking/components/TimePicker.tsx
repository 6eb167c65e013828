import type { ComponentChildren } from "preact";
import { useEffect } from "react";
import type { MovedBooking } from "../../api/client";
import { dayOf } from "../../core/localTime";
import { chooseSlot } from "../claims/chooseSlot";
import { activeChoice } from "../claims/claim";
import { longDay, monthTitle, shortDay, time, zoneName } from "../format/format";
import type { Offer, OfferWanted } from "../hooks/useOffer";
import { nearestFree } from "../offer/slots";
import { useClaim, usePageServices } from "../pageServices";
import { resourceOf } from "../route";
import * as texts from "../texts";
import { Bar } from "./Bar";
import { ClaimNotice } from "./ClaimNotice";
import { MonthGrid } from "./MonthGrid";
import { TimeSelector } from "./TimeSelector";

interface TimePickerProps extends OfferWanted {
  offer: Offer;
  /** Of the booking that is being moved. */
  proof?: MovedBooking;
  /** Why the next step could not be taken. */
  failure?: string;
  onDay(day: string): void;
  /** The next step. */
  children: ComponentChildren;
}

/** Messages that explain the days. */
function monthNews({ month, isMonthEmpty, isNothingFree, isSearching }: Offer): string | false {
  if (isNothingFree) return texts.nothingFree;
  if (isSearching) return texts.searching;
  return isMonthEmpty && texts.nothingFreeIn(monthTitle(month));
}

/** The month, the times of the open day, and what the visitor has chosen of them. */
export function TimePicker(props: TimePickerProps) {
  const { offer, service, staff, day, proof, failure, onDay, children } = props;
  const { environment, keeper } = usePageServices();
  const state = useClaim();
  const { timeZone, slots, nextFree, monthState } = offer;
  const take = (startsAt: string) =>
    chooseSlot(
      keeper,
      {
        service_id: service.id,
        resource_id: resourceOf(staff),
        starts_at: startsAt,
        booking: proof,
      },
      slots,
    );
  const nearest = (startsAt: string) =>
    slots
      ? nearestFree(slots, startsAt)
      : (state.refusal?.alternatives.map((alternative) => alternative.starts_at) ?? []);

  const { firstDay } = offer;
  useEffect(() => {
    if (day === null && firstDay !== null) onDay(firstDay);
  });

  const nextFreeButton = (testId: string) =>
    nextFree && (
      <button
        type="button"
        class="link"
        data-testid={testId}
        onClick={() => {
          onDay(nextFree.day);
          if (nextFree.startsAt !== null) take(nextFree.startsAt);
        }}
      >
        {texts.nextFree(
          shortDay(nextFree.day),
          nextFree.startsAt && time(nextFree.startsAt, timeZone),
        )}
      </button>
    );
  const choice = activeChoice(state.claim);
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
          onDay={onDay}
        />
        <div class="next-free">
          <p role="status">{monthNews(offer)}</p>
          {nextFreeButton("next-free")}
        </div>
      </div>
      <TimeSelector
        status={offer.status}
        slots={slots}
        day={day}
        heading={day === null ? texts.chooseDay : longDay(day)}
        zone={zoneName(timeZone, environment.serverClock.now())}
        timeZone={timeZone}
        nextFreeButton={nextFree?.day === day ? null : nextFreeButton("way-out")}
        hasSeats={service.capacity > 1}
        pendingStart={state.pendingChoice?.starts_at ?? null}
        onChoose={take}
      />
      <Bar
        title={
          choice ? (
            <>
              {shortDay(dayOf(choice.starts_at, timeZone))},{" "}
              <span class="together">{time(choice.starts_at, timeZone)}</span>{" "}
              <span class="quiet">{zoneName(timeZone, Date.parse(choice.starts_at))}</span>
            </>
          ) : (
            texts.chooseTime
          )
        }
        notice={
          failure || (
            <ClaimNotice state={state} timeZone={timeZone} nearest={nearest} onTake={take} />
          )
        }
      >
        {children}
      </Bar>
    </>
  );
}
