import { useEffect, useState } from "react";
import { createManageApi, type ManageLink } from "../../api/manageApi";
import { Problem } from "../../api/problem";
import { dayOf } from "../../core/localTime";
import type { Booking, Service } from "../../core/wire";
import { activeChoice } from "../claims/claim";
import { TimePicker } from "../components/TimePicker";
import { dayAndTime, longDay, time } from "../format/format";
import { useOffer } from "../hooks/useOffer";
import type { Go } from "../hooks/useRoute";
import { useZones } from "../hooks/useZones";
import type { Catalog } from "../offer/catalog";
import { useClaim, usePageServices } from "../pageServices";
import { explainRefusal } from "../refusals";
import { fill, later } from "../texts";

interface MoveStepProps {
  catalog: Catalog;
  service: Service;
  booking: Booking;
  day: string | null;
  link: ManageLink;
  go: Go;
  onMoved(booking: Booking, message: string): void;
}

const proofOf = ({ reference, token }: ManageLink) => ({ reference, manage_token: token });

/**
 * The step that chooses another time for a booking, with the same person. The booking keeps its
 * time until it is moved.
 */
export function MoveStep(props: MoveStepProps) {
  const { catalog, service, booking, day, link, go, onMoved } = props;
  const services = usePageServices();
  const { keeper } = services;
  const { reference, token } = link;
  const { claim, pendingChoice } = useClaim();
  const [isSending, setSending] = useState(false);
  const [failure, setFailure] = useState("");
  const wanted = { catalog, service, staff: booking.resource_id, day, moved: booking };
  const offer = useOffer(wanted);
  const { shown } = useZones(catalog, service, booking.resource_id);
  useEffect(() => {
    keeper.resume({
      service_id: service.id,
      resource_id: booking.resource_id,
      booking: proofOf({ reference, token }),
    });
    return keeper.release;
  }, [keeper, service.id, booking.resource_id, reference, token]);

  const formatTime = ({ starts_at }: Booking) =>
    dayAndTime(longDay(dayOf(starts_at, shown)), time(starts_at, shown));
  const choice = activeChoice(claim);
  const isRequest = booking.status === "requested";
  const isAskedFor = isRequest || service.approve_within !== null;
  const move = async () => {
    if (choice === null) return;
    setSending(true);
    setFailure("");
    try {
      const moved = await createManageApi(services, link).reschedule(choice);
      keeper.forgetBookedClaim();
      services.tabStorage.remove("booked");
      const said = moved.status === "requested" ? later.requestMovedText : later.movedText;
      onMoved(moved, fill(said, { when: formatTime(moved) }));
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      setSending(false);
      if (error.isLostSlot) keeper.lose(error);
      else setFailure(explainRefusal(error.code, ""));
    }
  };

  return (
    <TimePicker
      {...wanted}
      proof={proofOf(link)}
      offer={offer}
      failure={failure}
      title={later.otherTime}
      note={
        <>
          <p class="quiet">{fill(later.movedFrom, { when: formatTime(booking) })}</p>
          {isAskedFor && <p class="quiet">{later.movedAsks}</p>}
        </>
      }
      nextStep={{
        label: isRequest ? later.moveRequest : later.move,
        short: later.moveShort,
        testId: "confirm",
        isDisabled: choice === null || pendingChoice !== null,
        isBusy: isSending,
        take: move,
      }}
      onDay={(opened) => go({ step: "move", link, day: opened }, "correct")}
    />
  );
}
