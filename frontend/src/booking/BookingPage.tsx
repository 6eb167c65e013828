import { useEffect, useRef } from "react";
import type { Service } from "../api/wire";
import { DetailsStep } from "./DetailsStep";
import { DoneStep, useBooked } from "./DoneStep";
import { dayOf, longDay, time } from "./format";
import { useChanges, useParts } from "./parts";
import { type Route, resourceOf } from "./route";
import { ServiceStep } from "./ServiceStep";
import { StaffStep } from "./StaffStep";
import { Summary } from "./Summary";
import { TimeStep } from "./TimeStep";
import { type Catalogue, resourcesFor } from "./useCatalogue";
import type { Go } from "./useRoute";

interface BookingPageProps {
  catalogue: Catalogue;
  route: Route;
  go: Go;
}

/** From the service to the confirmed booking, one question at a time. */
export function BookingPage({ catalogue, route: asked, go }: BookingPageProps) {
  const { keeper } = useParts();
  useChanges(keeper);
  const booked = useBooked(asked.step === "done" ? asked.reference : "");
  const route = withoutNeedlessSteps(asked, catalogue, booked !== null);
  const stage = useRef<HTMLElement>(null);
  useFocusOnNewStep(stage.current, route.step);

  useEffect(() => {
    if (route !== asked) go(route, "replace");
  });
  useEffect(() => {
    if (route.step === "service" || route.step === "staff") keeper.release();
  }, [keeper, route.step]);

  const service = "serviceId" in route ? findService(catalogue, route.serviceId) : null;
  const { claim } = keeper.state;
  const resourceId =
    "own" in claim ? claim.own.resourceId : "staff" in route ? resourceOf(route.staff) : null;
  const resource = catalogue.resources.find(({ id }) => id === resourceId) ?? null;
  const tz = resource?.tz ?? catalogue.business.tz;

  return (
    <div class="booker" data-step={route.step}>
      <Summary
        catalogue={catalogue}
        service={service}
        resource={resource}
        when={route.step === "details" ? whenOf(route.startsAt, tz) : null}
        onBack={stepBefore(route, catalogue, tz, go)}
      />
      <main class="stage" ref={stage}>
        {route.step === "service" && (
          <ServiceStep
            catalogue={catalogue}
            onChoose={(serviceId) => go({ step: "staff", serviceId, day: null })}
          />
        )}
        {route.step === "staff" && service && (
          <StaffStep
            resources={resourcesFor(catalogue, service)}
            onChoose={(staff) => go({ ...route, step: "time", staff })}
          />
        )}
        {route.step === "time" && service && (
          <TimeStep
            catalogue={catalogue}
            service={service}
            staff={route.staff}
            day={route.day}
            go={go}
          />
        )}
        {route.step === "details" && service && (
          <DetailsStep
            service={service}
            staff={route.staff}
            startsAt={route.startsAt}
            tz={tz}
            go={go}
          />
        )}
        {booked && <DoneStep catalogue={catalogue} booking={booked} go={go} />}
      </main>
    </div>
  );
}

const findService = (catalogue: Catalogue, serviceId: number): Service | null =>
  catalogue.services.find(({ id }) => id === serviceId) ?? null;

const whenOf = (startsAt: string, tz: string) =>
  `${longDay(dayOf(startsAt, tz))}, ${time(startsAt, tz)}`;

/** A question with one possible answer isn't asked; an address of nothing leads to the start. */
function withoutNeedlessSteps(route: Route, catalogue: Catalogue, isBooked: boolean): Route {
  if (route.step === "done") return isBooked ? route : { step: "service" };
  if (route.step === "manage") return route;
  if (route.step === "service") {
    const [only, ...others] = catalogue.services;
    if (!only || others.length > 0) return route;
    return withoutNeedlessSteps(
      { step: "staff", serviceId: only.id, day: null },
      catalogue,
      isBooked,
    );
  }
  const service = findService(catalogue, route.serviceId);
  if (service === null) return { step: "service" };
  const resources = resourcesFor(catalogue, service);
  if (route.step === "staff") {
    const [only, ...others] = resources;
    return only && others.length === 0 ? { ...route, step: "time", staff: only.id } : route;
  }
  const isServed = route.staff === "any" || resources.some(({ id }) => id === route.staff);
  return isServed ? route : { step: "staff", serviceId: service.id, day: null };
}

/** The way back to the last question that was asked. */
function stepBefore(route: Route, catalogue: Catalogue, tz: string, go: Go): (() => void) | null {
  switch (route.step) {
    case "service":
    case "done":
    case "manage":
      return null;
    case "staff":
      return catalogue.services.length > 1 ? () => go({ step: "service" }) : null;
    case "time": {
      const { serviceId } = route;
      const service = findService(catalogue, serviceId);
      if (service && resourcesFor(catalogue, service).length > 1) {
        return () => go({ step: "staff", serviceId, day: null });
      }
      return catalogue.services.length > 1 ? () => go({ step: "service" }) : null;
    }
    case "details": {
      const { serviceId, staff, startsAt } = route;
      return () => go({ step: "time", serviceId, staff, day: dayOf(startsAt, tz) });
    }
  }
}

/** Whoever can't see the change of step is taken to its heading; the first page is left alone. */
function useFocusOnNewStep(stage: HTMLElement | null, step: Route["step"]): void {
  const seen = useRef(step);
  useEffect(() => {
    if (seen.current === step) return;
    seen.current = step;
    stage?.querySelector<HTMLElement>("h2, h3")?.focus();
  }, [stage, step]);
}
