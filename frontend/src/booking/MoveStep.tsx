import { useEffect, useState } from "react";
import { type ManageLink, managing } from "../api/managing";
import { Problem } from "../api/problem";
import type { Booking, Service } from "../api/wire";
import { inHand } from "./claim";
import { dayOf, longDay, time } from "./format";
import { useClaim, useParts } from "./parts";
import { TimePicker } from "./TimePicker";
import * as texts from "./texts";
import type { Catalogue } from "./useCatalogue";
import { useOffer } from "./useOffer";
import type { Go } from "./useRoute";

interface MoveStepProps {
  catalogue: Catalogue;
  service: Service;
  booking: Booking;
  day: string | null;
  link: ManageLink;
  go: Go;
  onMoved(booking: Booking, news: string): void;
}

const proofOf = ({ reference, token }: ManageLink) => ({ reference, manage_token: token });

/** Another time for a booking, with the same person; the present one stays until it is moved. */
export function MoveStep(props: MoveStepProps) {
  const { catalogue, service, booking, day, link, go, onMoved } = props;
  const parts = useParts();
  const { keeper } = parts;
  const { claim, asking } = useClaim();
  const [isSending, setSending] = useState(false);
  const [failure, setFailure] = useState("");
  const wanted = { catalogue, service, staff: booking.resource_id, day, moved: booking };
  const offer = useOffer(wanted);
  useEffect(() => {
    keeper.resume({
      service_id: service.id,
      resource_id: booking.resource_id,
      booking: proofOf(link),
    });
    return keeper.release;
  }, [keeper, service.id, booking.resource_id]);

  const choice = inHand(claim);
  const move = async () => {
    if (choice === null) return;
    setSending(true);
    setFailure("");
    try {
      const moved = await managing(parts, link).reschedule(choice);
      keeper.settled();
      const when = `${longDay(dayOf(moved.starts_at, offer.tz))}, ${time(moved.starts_at, offer.tz)}`;
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
        disabled={choice === null || asking !== null || isSending}
        onClick={move}
      >
        {isSending ? texts.moving : texts.move}
      </button>
    </TimePicker>
  );
}
