import { useEffect, useState } from "react";
import { activeChoice } from "../claims/claim";
import { TimePicker } from "../components/TimePicker";
import { useIsShown } from "../hooks/useIsShown";
import { type OfferWanted, useOffer } from "../hooks/useOffer";
import type { Go } from "../hooks/useRoute";
import { useClaim, usePageServices } from "../pageServices";
import { resourceOf } from "../route";
import { texts } from "../texts";

interface TimeStepProps extends OfferWanted {
  go: Go;
}

/** The step that asks for a day and a time. The time is held as soon as it is chosen. */
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
  const [isGoingOn, setGoingOn] = useState(false);
  const isShown = useIsShown();
  const goOn = async () => {
    if (choice === null) return;
    setGoingOn(true);
    if (claim.kind !== "checkedOut") await keeper.checkOut(choice);
    setGoingOn(false);
    if (isShown.current && keeper.state.claim.kind === "checkedOut")
      go({ step: "details", serviceId, staff, startsAt: choice.starts_at });
  };

  return (
    <TimePicker
      {...wanted}
      offer={useOffer(wanted)}
      title={texts.chooseTime}
      nextStep={{
        label: texts.goOn,
        short: texts.next,
        testId: "continue",
        isDisabled: choice === null || pendingChoice !== null,
        isBusy: isGoingOn,
        take: goOn,
      }}
      onDay={(day) => go({ step: "time", serviceId, staff, day }, "correct")}
      onAnyone={
        staff !== "any" && service.resource_ids.length > 1
          ? () => go({ step: "time", serviceId, staff: "any", day: null }, "replace")
          : undefined
      }
    />
  );
}
