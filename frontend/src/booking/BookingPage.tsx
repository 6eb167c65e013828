import { useEffect } from "react";
import { dayOf } from "../core/localTime";
import { Summary } from "./components/Summary";
import { useStage } from "./hooks/useStage";
import { resourcesFor } from "./offer/catalog";
import { zoneOf } from "./offer/timeZone";
import type { PageProps } from "./pageProps";
import { useClaim, usePageServices } from "./pageServices";
import { type Route, resourceOf } from "./route";
import { DetailsStep } from "./steps/DetailsStep";
import { DoneStep, useBooked } from "./steps/DoneStep";
import { ServiceStep } from "./steps/ServiceStep";
import { StaffStep } from "./steps/StaffStep";
import { TimeStep } from "./steps/TimeStep";

/** From the service to the confirmed booking, one question at a time. */
export function BookingPage({ catalog, route, go }: PageProps) {
  const { keeper } = usePageServices();
  const { claim } = useClaim();
  const { services, business } = catalog;
  const booked = useBooked(route);
  const service = services.find(({ id }) => "serviceId" in route && id === route.serviceId);
  const resources = service ? resourcesFor(catalog, service) : [];
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
  const timeZone = zoneOf(catalog, service, "staff" in route ? route.staff : "any");
  const before = stepBefore(route, services.length > 1, resources.length > 1, timeZone);

  return (
    <div class="booker" data-step={step}>
      <Summary
        business={business}
        service={service}
        resource={resource}
        startsAt={step === "details" ? route.startsAt : null}
        timeZone={timeZone}
        onBack={before && (() => go(before, "back"))}
      />
      <main class="stage" ref={stage}>
        {step === "service" && (
          <ServiceStep
            catalog={catalog}
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
            catalog={catalog}
            service={service}
            staff={route.staff}
            day={route.day}
            go={go}
          />
        )}
        {step === "details" && service && (
          <DetailsStep route={route} timeZone={timeZone} rules={business.customer_fields} go={go} />
        )}
        {step === "done" && (
          <DoneStep catalog={catalog} booking={booked} reference={route.reference} go={go} />
        )}
      </main>
    </div>
  );
}

/** The nearest earlier step whose question had more than one answer. */
function stepBefore(
  route: Route,
  hasServices: boolean,
  hasStaff: boolean,
  timeZone: string,
): Route | null {
  if (route.step === "details") {
    const { serviceId, staff, startsAt } = route;
    return { step: "time", serviceId, staff, day: dayOf(startsAt, timeZone) };
  }
  if (route.step === "time" && hasStaff) {
    return { step: "staff", serviceId: route.serviceId, day: route.day };
  }
  return hasServices && "serviceId" in route ? { step: "service" } : null;
}
