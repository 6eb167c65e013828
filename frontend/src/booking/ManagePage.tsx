import { useState } from "react";
import { type ManageLink, managing } from "../api/managing";
import type { Problem } from "../api/problem";
import type { ManagedBooking } from "../api/wire";
import { ManageBooking } from "./ManageBooking";
import { MoveStep } from "./MoveStep";
import type { PageProps } from "./page";
import { useParts } from "./parts";
import { Summary } from "./Summary";
import * as texts from "./texts";
import { useAsked } from "./useAsked";

type State =
  | { kind: "loading" }
  | { kind: "known"; booking: ManagedBooking; news: string }
  | { kind: "failed"; code: string };

const EVERY = 60_000;

/** Read, move or cancel a booking, by the link that its customer was given. */
export function ManagePage({ catalogue, route, go }: PageProps) {
  const link = "link" in route ? route.link : { reference: "", token: "" };
  const [state, setState] = useManaged(link);
  const booking = state.kind === "known" ? state.booking : null;
  const service = catalogue.services.find(({ id }) => id === booking?.service_id);
  const resource = catalogue.resources.find(({ id }) => id === booking?.resource_id);
  const isMoving = route.step === "move" && booking?.status === "confirmed";
  const show = (changed: ManagedBooking, news: string) => {
    setState({ kind: "known", booking: { ...booking, ...changed }, news });
    go({ step: "manage", link }, "replace");
  };

  return (
    <div class="booker" data-step={isMoving ? "time" : "manage"}>
      <Summary
        business={catalogue.business}
        service={service}
        resource={resource}
        when={false}
        onBack={isMoving ? () => go({ step: "manage", link }) : null}
      />
      <main class="stage">
        {state.kind === "loading" && <p class="quiet">{texts.loading}</p>}
        {state.kind === "failed" && (
          <p role="alert">
            {state.code === "not_found" ? texts.notFound : texts.refused(state.code, "")}
          </p>
        )}
        {booking && service && isMoving && (
          <MoveStep
            catalogue={catalogue}
            service={service}
            booking={booking}
            day={route.day}
            link={link}
            go={go}
            onMoved={show}
          />
        )}
        {state.kind === "known" && !isMoving && (
          <ManageBooking
            catalogue={catalogue}
            booking={state.booking}
            news={state.news}
            link={link}
            onMove={() => go({ step: "move", link, day: null })}
            onCancelled={(cancelled) => show(cancelled, "")}
          />
        )}
      </main>
    </div>
  );
}

function useManaged(link: ManageLink) {
  const parts = useParts();
  const [state, setState] = useState<State>({ kind: "loading" });
  const question = {
    ask: () => managing(parts, link).booking(),
    receive: (booking: ManagedBooking) =>
      setState((before) => ({ news: "", ...before, kind: "known", booking })),
    fail({ code }: Problem) {
      if (state.kind !== "known") setState({ kind: "failed", code });
    },
    every: EVERY,
  };
  useAsked(question, [link.reference, link.token]);
  return [state, setState] as const;
}
