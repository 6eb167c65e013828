import { useState } from "react";
import { createManageApi, type ManageLink } from "../api/manageApi";
import type { Problem } from "../api/problem";
import { dayOf } from "../core/localTime";
import type { Booking, ManagedBooking } from "../core/wire";
import { Summary } from "./components/Summary";
import { TryAgain } from "./components/TryAgain";
import { useQuestion } from "./hooks/useQuestion";
import { useStage } from "./hooks/useStage";
import { useZones } from "./hooks/useZones";
import type { PageProps } from "./pageProps";
import { usePageServices } from "./pageServices";
import { explainRefusal } from "./refusals";
import { ManageStep } from "./steps/ManageStep";
import { MoveStep } from "./steps/MoveStep";
import { later, texts } from "./texts";

type State =
  | { kind: "loading" }
  | { kind: "known"; booking: ManagedBooking; message: string }
  | { kind: "failed"; code: string };

const EVERY = 60_000;
const RETRY = 5_000;

/** The page on which a customer reads, moves or cancels a booking by its manage link. */
export function ManagePage({ catalog, route, go }: PageProps) {
  const link = "link" in route ? route.link : { reference: "", token: "" };
  const [state, setState, askAgain] = useManaged(link);
  const booking = state.kind === "known" ? state.booking : null;
  const service = catalog.services.find(({ id }) => id === booking?.service_id);
  const resource = catalog.resources.find(({ id }) => id === booking?.resource_id);
  const isMoving = route.step === "move" && isMovable(booking);
  const stage = useStage(isMoving ? "move" : (booking?.status ?? ""), catalog.business.name);
  const zones = useZones(catalog, service, booking?.resource_id ?? "any");
  const show = (changed: Booking, message: string) => {
    if (booking === null) return;
    setState({ kind: "known", booking: { ...booking, ...changed }, message });
    if (isMoving) go({ step: "manage", link }, "back");
  };

  return (
    <div class="booker" data-step={isMoving ? "time" : "manage"}>
      <Summary
        business={catalog.business}
        service={service}
        resource={resource}
        startsAt={null}
        zones={zones}
        onBack={isMoving ? () => go({ step: "manage", link }, "back") : null}
      />
      <main class="stage" ref={stage}>
        {state.kind === "loading" && <p class="quiet">{texts.loading}</p>}
        {state.kind === "failed" && (
          <div class="waiting-text">
            <p role="alert">
              {state.code === "not_found" ? later.notFound : explainRefusal(state.code, "")}
            </p>
            {state.code !== "not_found" && <TryAgain onTry={askAgain} />}
          </div>
        )}
        {booking && service && isMoving && (
          <MoveStep
            catalog={catalog}
            service={service}
            booking={booking}
            day={route.day}
            link={link}
            go={go}
            onMoved={show}
          />
        )}
        {state.kind === "known" && !isMoving && (
          <ManageStep
            catalog={catalog}
            booking={state.booking}
            timeZone={zones.shown}
            message={state.message}
            link={link}
            onMove={() =>
              go({ step: "move", link, day: dayOf(state.booking.starts_at, zones.days) })
            }
            onCancelled={(cancelled) => show(cancelled, "")}
          />
        )}
      </main>
    </div>
  );
}

/**
 * Tells whether the booking can be moved, as far as the page knows. The server decides in the end.
 */
const isMovable = (booking: ManagedBooking | null) => booking?.can_move && !booking.unmovable;

function useManaged(link: ManageLink) {
  const services = usePageServices();
  const [state, setState] = useState<State>({ kind: "loading" });
  const question = {
    ask: () => createManageApi(services, link).booking(),
    receive: (booking: ManagedBooking) =>
      setState((before) => ({ message: "", ...before, kind: "known", booking })),
    fail({ code }: Problem) {
      if (state.kind !== "known") setState({ kind: "failed", code });
    },
    every: state.kind === "failed" ? RETRY : EVERY,
  };
  const askAgain = useQuestion(question, `${link.reference} ${link.token}`);
  return [state, setState, askAgain] as const;
}
