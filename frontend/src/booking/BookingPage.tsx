import { useEffect } from "react";
import { DetailsStep } from "./DetailsStep";
import { DoneStep, useBooked } from "./DoneStep";
import { dayOf } from "./format";
import type { PageProps } from "./page";
import { useClaim, useParts } from "./parts";
import { type Route, resourceOf } from "./route";
import { ServiceStep } from "./ServiceStep";
import { StaffStep } from "./StaffStep";
import { Summary } from "./Summary";
import { TimeStep } from "./TimeStep";
import { resourcesFor } from "./useCatalogue";
import { useStage } from "./useStage";
import { zoneOf } from "./zone";

/** From the service to the confirmed booking, one question at a time. */
export function BookingPage({ catalogue, route, go }: PageProps) {
  const { keeper } = useParts();
  const { claim } = useClaim();
  const { services, business } = catalogue;
  const booked = useBooked(route);
  const service = services.find(({ id }) => "serviceId" in route && id === route.serviceId);
  const resources = service ? resourcesFor(catalogue, service) : [];
  const { step } = route;
  const isNowhere =
    ("serviceId" in route && !service) ||
    ("staff" in route && route.staff !== "any" && !resources.some(({ id }) => id === route.staff));
  const stage = useStage(step);

  useEffect(() => {
    if (isNowhere) go({ step: "service" }, "replace");
  });
  useEffect(() => {
    if (step === "service" || step === "staff") keeper.release();
  }, [keeper, step]);

  const resourceId =
    "own" in claim ? claim.own.resource_id : "staff" in route && resourceOf(route.staff);
  const resource = resources.find(({ id }) => id === resourceId);
  const tz = zoneOf(catalogue, "staff" in route ? route.staff : "any");
  const before = stepBefore(route, services.length > 1, resources.length > 1, tz);

  return (
    <div class="booker" data-step={step}>
      <Summary
        business={business}
        service={service}
        resource={resource}
        startsAt={step === "details" ? route.startsAt : null}
        tz={tz}
        onBack={before && (() => go(before, "back"))}
      />
      <main class="stage" ref={stage}>
        {step === "service" && (
          <ServiceStep
            catalogue={catalogue}
            onChoose={(serviceId, how) => go({ step: "staff", serviceId, day: null }, how)}
          />
        )}
        {step === "staff" && service && (
          <StaffStep
            resources={resources}
            onChoose={(staff, how) => go({ ...route, step: "time", staff }, how)}
          />
        )}
        {step === "time" && service && (
          <TimeStep
            catalogue={catalogue}
            service={service}
            staff={route.staff}
            day={route.day}
            go={go}
          />
        )}
        {step === "details" && service && (
          <DetailsStep route={route} tz={tz} rules={business.customer_fields} go={go} />
        )}
        {step === "done" && (
          <DoneStep catalogue={catalogue} booking={booked} reference={route.reference} go={go} />
        )}
      </main>
    </div>
  );
}

/** The last question before this step that had more than one answer. */
function stepBefore(
  route: Route,
  hasServices: boolean,
  hasStaff: boolean,
  tz: string,
): Route | null {
  if (route.step === "details") {
    const { serviceId, staff, startsAt } = route;
    return { step: "time", serviceId, staff, day: dayOf(startsAt, tz) };
  }
  if (route.step === "time" && hasStaff) {
    return { step: "staff", serviceId: route.serviceId, day: route.day };
  }
  return hasServices && "serviceId" in route ? { step: "service" } : null;
}
