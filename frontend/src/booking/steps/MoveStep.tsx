import { useEffect, useState } from "react";
import { createManageApi, type ManageLink } from "../../api/manageApi";
import { Problem } from "../../api/problem";
import { dayOf } from "../../core/localTime";
import type { Booking, Service } from "../../core/wire";
import { activeChoice } from "../claims/claim";
import { TimePicker } from "../components/TimePicker";
import { longDay, time } from "../format/format";
import { useOffer } from "../hooks/useOffer";
import type { Go } from "../hooks/useRoute";
import type { Catalog } from "../offer/catalog";
import { useClaim, usePageServices } from "../pageServices";
import * as texts from "../texts";

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

/** Another time for a booking, with the same person; the present one stays until it is moved. */
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
  useEffect(() => {
    keeper.resume({
      service_id: service.id,
      resource_id: booking.resource_id,
      booking: proofOf({ reference, token }),
    });
    return keeper.release;
  }, [keeper, service.id, booking.resource_id, reference, token]);

  const choice = activeChoice(claim);
  const move = async () => {
    if (choice === null) return;
    setSending(true);
    setFailure("");
    try {
      const moved = await createManageApi(services, link).reschedule(choice);
      keeper.forgetBookedClaim();
      services.tabStorage.remove("booked");
      const when = `${longDay(dayOf(moved.starts_at, offer.timeZone))}, ${time(moved.starts_at, offer.timeZone)}`;
      onMoved(moved, texts.movedText(when));
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      setSending(false);
      if (error.isLostSlot) keeper.lose(error);
      else setFailure(texts.refused(error.code, ""));
    }
  };

  return (
    <TimePicker
      {...wanted}
      proof={proofOf(link)}
      offer={offer}
      failure={failure}
      onDay={(opened) => go({ step: "move", link, day: opened }, "replace")}
    >
      <button
        type="button"
        class="primary"
        data-testid="confirm"
        disabled={choice === null || pendingChoice !== null || isSending}
        onClick={move}
      >
        {isSending ? texts.moving : texts.move}
      </button>
    </TimePicker>
  );
}
