import type { ComponentChildren } from "preact";
import { useEffect, useState } from "react";
import type { MovedBooking } from "../../api/client";
import { dayOf } from "../../core/localTime";
import { chooseSlot } from "../claims/chooseSlot";
import { activeChoice } from "../claims/claim";
import { dayAndTime, longDay, monthTitle, shortDay, time } from "../format/format";
import { formatInOtherZone, zoneInWords } from "../format/zones";
import type { Offer, OfferWanted } from "../hooks/useOffer";
import { useZones } from "../hooks/useZones";
import { nearestFree } from "../offer/slots";
import { useClaim, usePageServices } from "../pageServices";
import { resourceOf } from "../route";
import { fill, texts } from "../texts";
import { ClaimNotice, isUrgent } from "./ClaimNotice";
import { Bar, Dock } from "./Dock";
import { Icon } from "./Icon";
import { MonthGrid } from "./MonthGrid";
import { NextStep, type Step } from "./NextStep";
import { NothingFree } from "./NothingFree";
import { TimeSelector } from "./TimeSelector";
import { ZoneStrip } from "./ZoneStrip";

interface TimePickerProps extends OfferWanted {
  offer: Offer;
  /** The booking that is being moved, if one is. */
  proof?: MovedBooking;
  /** Why the next step could not be taken. */
  failure?: string;
  title: string;
  /** What is shown below the title. */
  note?: ComponentChildren;
  nextStep: Step;
  onDay(day: string): void;
  /** Shows the times of all others who serve. */
  onAnyone?: (() => void) | undefined;
}

/** Returns a message that explains why there are no free days, or false. */
function monthNews({ month, isMonthEmpty, isNothingFree, isSearching }: Offer): string | false {
  if (isSearching) return texts.searching;
  return isMonthEmpty && !isNothingFree && fill(texts.nothingFreeIn, { month: monthTitle(month) });
}

/** The month, the times of the open day, and the time that the visitor has chosen. */
export function TimePicker(props: TimePickerProps) {
  const { offer, catalog, service, staff, day, proof, failure, nextStep, onDay } = props;
  const { environment, keeper } = usePageServices();
  const state = useClaim();
  const choice = activeChoice(state.claim);
  const [isFirst] = useState(choice === null);
  const { slots, nextFree, monthState } = offer;
  const zones = useZones(catalog, service, staff);
  const { shown } = zones;
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
        class="next-free-button"
        data-testid={testId}
        onClick={() => {
          onDay(nextFree.day);
          if (nextFree.startsAt !== null) take(nextFree.startsAt);
        }}
      >
        <span>{texts.nextFreeIs}</span>{" "}
        <strong>
          {dayAndTime(
            shortDay(nextFree.startsAt ? dayOf(nextFree.startsAt, shown) : nextFree.day),
            nextFree.startsAt && time(nextFree.startsAt, shown),
          )}
        </strong>
        <Icon name="on" />
      </button>
    );
  const person = catalog.resources.find(({ id }) => id === staff);
  const ids = staff === "any" ? service.resource_ids.length : 1;
  return (
    <>
      <div class="head">
        <h2 tabIndex={-1}>{props.title}</h2>
        {props.note}
        {isFirst && <ZoneStrip zones={zones} now={environment.serverClock.now()} />}
      </div>
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
      {offer.isNothingFree ? (
        <NothingFree {...catalog.business} onAnyone={props.onAnyone} />
      ) : (
        <TimeSelector
          status={offer.status}
          slots={slots}
          day={day}
          heading={day === null ? texts.chooseDay : longDay(day)}
          who={person && fill(texts.named[person.kind], { name: person.name })}
          zones={zones}
          nextFreeButton={nextFree?.day === day ? null : nextFreeButton("way-out")}
          seats={service.capacity > 1 ? service.capacity * ids : 1}
          pendingStart={state.pendingChoice?.starts_at ?? null}
          nextStep={<NextStep step={nextStep} isShort />}
          onChoose={take}
        />
      )}
      <Dock
        urgency={failure || isUrgent(state) ? "now" : "none"}
        notice={
          failure || <ClaimNotice state={state} timeZone={shown} nearest={nearest} onTake={take} />
        }
      >
        {choice && (
          <Bar
            title={dayAndTime(
              shortDay(dayOf(choice.starts_at, shown)),
              time(choice.starts_at, shown),
            )}
            detail={[
              state.claim.kind === "unheld" ? texts.chosen : texts.held,
              zoneInWords(shown),
              formatInOtherZone(choice.starts_at, zones),
            ]
              .filter(Boolean)
              .join(" · ")}
          >
            <NextStep step={nextStep} />
          </Bar>
        )}
      </Dock>
    </>
  );
}
