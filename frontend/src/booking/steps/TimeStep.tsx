import { useEffect } from "react";
import { activeChoice } from "../claims/claim";
import { TimePicker } from "../components/TimePicker";
import { type OfferWanted, useOffer } from "../hooks/useOffer";
import type { Go } from "../hooks/useRoute";
import { useClaim, usePageServices } from "../pageServices";
import { resourceOf } from "../route";
import * as texts from "../texts";

interface TimeStepProps extends OfferWanted {
  go: Go;
}

/** Choose a day and a time; the time is held from the choice on. */
export function TimeStep({ go, ...wanted }: TimeStepProps) {
  const { keeper } = usePageServices();
  const { claim, pendingChoice } = useClaim();
  const { service, staff } = wanted;
  const serviceId = service.id;
  useEffect(
    () => keeper.resume({ service_id: serviceId, resource_id: resourceOf(staff) }),
    [keeper, serviceId, staff],
  );

  const choice = activeChoice(claim);
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
        disabled={choice === null || pendingChoice !== null}
        onClick={goOn}
      >
        {texts.goOn}
      </button>
    </TimePicker>
  );
}
