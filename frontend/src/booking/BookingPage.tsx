import { useEffect } from "react";
import { dayOf } from "../core/localTime";
import { Summary } from "./components/Summary";
import { useLoadedCode } from "./hooks/useLoadedCode";
import { useStage } from "./hooks/useStage";
import { useZones } from "./hooks/useZones";
import { resourcesFor } from "./offer/catalog";
import type { PageProps } from "./pageProps";
import { useClaim, usePageServices } from "./pageServices";
import { type Route, resourceOf } from "./route";
import { ServiceStep } from "./steps/ServiceStep";
import { StaffStep } from "./steps/StaffStep";
import { TimeStep } from "./steps/TimeStep";
import { loadLater, texts } from "./texts";

/**
 * The page that leads a visitor from the service to the confirmed booking, one question at a time.
 */
export function BookingPage({ catalog, route, go, onOutdated }: PageProps) {
  const { keeper } = usePageServices();
  const { claim } = useClaim();
  const { services, business } = catalog;
  const service = services.find(({ id }) => "serviceId" in route && id === route.serviceId);
  const resources = service ? resourcesFor(catalog, service) : [];
  const { step } = route;
  const steps = useLoadedCode(loadLaterSteps, step === "details" || step === "done");
  const isNowhere =
    ("serviceId" in route && !service) ||
    ("staff" in route && route.staff !== "any" && !resources.some(({ id }) => id === route.staff));
  const isShown = steps !== null || (step !== "details" && step !== "done");
  const stage = useStage(isShown ? step : "", business.name);

  useEffect(() => {
    if (isNowhere) go({ step: "service" }, "correct");
  });
  useEffect(() => {
    if (step === "service" || step === "staff") keeper.release();
  }, [keeper, step]);

  const resourceId =
    "own" in claim ? claim.own.resource_id : "staff" in route && resourceOf(route.staff);
  const resource = resources.find(({ id }) => id === resourceId);
  const zones = useZones(catalog, service, "staff" in route ? route.staff : "any");
  const questions = earlierSteps(route, services.length > 1, resources.length > 1, zones.days);
  const before = questions.time ?? questions.staff ?? questions.service;
  const to = (earlier: Route | undefined) => earlier && (() => go(earlier, "back"));

  return (
    <div class="booker" data-step={step} data-first={!before && "serviceId" in route}>
      <Summary
        business={business}
        service={service}
        resource={resource}
        startsAt={step === "details" ? route.startsAt : null}
        zones={zones}
        onBack={to(before) ?? null}
        changes={{
          service: to(questions.service),
          staff: to(questions.staff),
          time: to(questions.time),
        }}
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
            service={service}
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
        {step === "details" && service && steps && (
          <steps.DetailsStep
            route={route}
            service={service}
            business={business}
            zones={zones}
            go={go}
            onOutdated={onOutdated}
          />
        )}
        {step === "done" && steps && (
          <steps.DoneStep catalog={catalog} reference={route.reference} go={go} />
        )}
        {!isShown && <p class="quiet waiting-text">{texts.loading}</p>}
      </main>
    </div>
  );
}

const loadLaterSteps = async () => (await Promise.all([import("./laterSteps"), loadLater()]))[0];

/** Returns the routes of the earlier steps whose question had more than one answer. */
function earlierSteps(
  route: Route,
  hasServices: boolean,
  hasStaff: boolean,
  timeZone: string,
): Partial<Record<"service" | "staff" | "time", Route>> {
  if (!("serviceId" in route)) return {};
  const { serviceId } = route;
  const steps: ReturnType<typeof earlierSteps> = {};
  if (hasServices) steps.service = { step: "service" };
  if (route.step === "staff") return steps;
  const day = route.step === "time" ? route.day : dayOf(route.startsAt, timeZone);
  if (hasStaff) steps.staff = { step: "staff", serviceId, day };
  if (route.step === "details") steps.time = { step: "time", serviceId, staff: route.staff, day };
  return steps;
}
