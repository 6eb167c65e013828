import { useEffect } from "react";
import { inHand } from "./claim";
import { useClaim, useParts } from "./parts";
import { resourceOf } from "./route";
import { TimePicker } from "./TimePicker";
import * as texts from "./texts";
import { type OfferWanted, useOffer } from "./useOffer";
import type { Go } from "./useRoute";

interface TimeStepProps extends OfferWanted {
  go: Go;
}

/** Choose a day and a time; the time is held from the choice on. */
export function TimeStep({ go, ...wanted }: TimeStepProps) {
  const { keeper } = useParts();
  const { claim, asking } = useClaim();
  const { service, staff } = wanted;
  const serviceId = service.id;
  useEffect(
    () => keeper.resume({ service_id: serviceId, resource_id: resourceOf(staff) }),
    [keeper, serviceId, staff],
  );

  const choice = inHand(claim);
  const goOn = async () => {
    if (choice === null) return;
    if (claim.kind !== "checkedOut") await keeper.checkOut(choice);
    if (keeper.state.claim.kind !== "checkedOut") return;
    go({ step: "details", serviceId, staff, startsAt: keeper.state.claim.choice.starts_at });
  };

  return (
    <TimePicker
      {...wanted}
      offer={useOffer(wanted)}
      onDay={(day) => go({ step: "time", serviceId, staff, day }, "replace")}
    >
      <button
        type="button"
        class="primary"
        data-testid="continue"
        disabled={choice === null || asking !== null}
        onClick={goOn}
      >
        {texts.goOn}
      </button>
    </TimePicker>
  );
}
