import type { TargetedSubmitEvent } from "preact";
import { useEffect } from "react";
import { dayOf } from "../../core/localTime";
import type { Business, Service } from "../../core/wire";
import { WillChangeUntil } from "../components/ChangeUntil";
import { ClaimNotice } from "../components/ClaimNotice";
import { Countdown } from "../components/Countdown";
import { DetailsForm } from "../components/DetailsForm";
import { Bar, Dock } from "../components/Dock";
import { faultsIn } from "../customerFields";
import { dayAndTime, time, weekday } from "../format/format";
import { type Confirmation, useConfirmation } from "../hooks/useConfirmation";
import { customerOf, useDraft } from "../hooks/useDraft";
import { useIsShown } from "../hooks/useIsShown";
import { useQuestionCode } from "../hooks/useQuestionCode";
import { useRemembered } from "../hooks/useRemembered";
import type { Go } from "../hooks/useRoute";
import type { Zones } from "../hooks/useZones";
import { useClaim, usePageServices } from "../pageServices";
import { explainRefusal } from "../refusals";
import { type Route, resourceOf } from "../route";
import { fill, later, texts } from "../texts";

interface DetailsStepProps {
  route: Details;
  service: Service;
  business: Business;
  zones: Zones;
  go: Go;
  onOutdated(): void;
}

type Details = Extract<Route, { step: "details" }>;

const FORM = "details";

/** The step that asks who books. The time belongs to the visitor while they fill in the form. */
export function DetailsStep(props: DetailsStepProps) {
  const { route, service, business, zones, go } = props;
  const { serviceId, staff, startsAt } = route;
  const rules = business.customer_fields;
  const { keeper, tabStorage } = usePageServices();
  const state = useClaim();
  const [draft, change] = useDraft();
  const isAsked = !!(service.questions?.length || service.terms || business.terms);
  const asking = useQuestionCode(isAsked);
  const remembered = useRemembered();
  const { confirmation, confirm, tryAgain } = useConfirmation(
    startsAt,
    zones.shown,
    (problem, order) => {
      // The business may have changed its questions or terms meanwhile.
      if (problem.status === 422) props.onOutdated();
      return asking?.refusedAnswers(problem, order) ?? [];
    },
    (booking) => {
      remembered.keep(draft);
      go({ step: "done", reference: booking.reference }, "replace");
    },
  );
  const { claim, pendingChoice, refusal } = state;
  const choice = { service_id: serviceId, resource_id: resourceOf(staff), starts_at: startsAt };
  const day = dayOf(startsAt, zones.days);
  const backToTimes = (how: "back" | "correct") => go({ step: "time", serviceId, staff, day }, how);

  const isOpen = confirmation.kind === "editing";
  useEffect(() => {
    if (isOpen && !keeper.resumeCheckout(choice)) backToTimes("correct");
  });

  const isShown = useIsShown();
  const take = async (wanted: string) => {
    await keeper.checkOut({ ...choice, starts_at: wanted });
    const { claim } = keeper.state;
    if (!isShown.current || claim.kind !== "checkedOut" || claim.choice.starts_at !== wanted)
      return;
    go({ ...route, startsAt: wanted }, "replace");
  };

  const nearest = () => refusal?.alternatives.map((alternative) => alternative.starts_at) ?? [];

  const submit = (event: TargetedSubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (confirmation.kind === "unsure") tryAgain();
    else if (claim.kind === "checkedOut") {
      const customer = customerOf(draft);
      const filled = asking?.filledIn(service, business, tabStorage);
      confirm(claim.own.id, { customer, ...filled?.order }, [
        ...faultsIn({ phone: "", ...customer }, rules),
        ...(filled?.faults ?? []),
      ]);
    }
  };

  const isMine = claim.kind === "checkedOut" && !pendingChoice && !refusal;
  const notice = () => {
    if (confirmation.kind === "unsure") return later.unsure;
    if (confirmation.kind === "sending") return later.stillWorking;
    if (isMine) return confirmation.failure && explainRefusal(confirmation.failure, "");
    return (
      <>
        <ClaimNotice state={state} timeZone={zones.shown} nearest={nearest} onTake={take} />
        {!pendingChoice && (
          <button type="button" class="link" onClick={() => backToTimes("back")}>
            {later.otherTime}
          </button>
        )}
      </>
    );
  };

  const isRequest = service.approve_within !== null;
  const when = dayAndTime(
    weekday(dayOf(startsAt, zones.shown), "short"),
    time(startsAt, zones.shown),
  );
  const canConfirm =
    (!isAsked || asking !== null) &&
    (confirmation.kind === "unsure" ||
      (isOpen && claim.kind === "checkedOut" && pendingChoice === null));

  const wrong = isOpen ? confirmation.wrong : [];
  return (
    <>
      <DetailsForm
        id={FORM}
        draft={draft}
        rules={rules}
        wrong={wrong}
        isFixed={!isOpen}
        isRemembered={remembered.isWanted}
        onRemember={remembered.want}
        onChange={change}
        onSubmit={submit}
      >
        {isAsked && asking && (
          <asking.Questions service={service} business={business} wrong={wrong} isFixed={!isOpen} />
        )}
      </DetailsForm>
      {isRequest && <p class="quiet">{later.needsApproval}</p>}
      <Dock
        notice={notice()}
        urgency={
          confirmation.kind === "sending"
            ? "late"
            : !isMine || confirmation.kind === "unsure" || confirmation.failure
              ? "now"
              : "none"
        }
      >
        <Bar title={claim.kind === "checkedOut" && <Countdown expiresAt={claim.own.expires_at} />}>
          <button
            type="submit"
            form={FORM}
            class="primary"
            data-testid="confirm"
            disabled={!canConfirm}
            aria-busy={confirmation.kind === "sending"}
          >
            {labelOf(confirmation.kind, when, isRequest)}
          </button>
        </Bar>
      </Dock>
      <WillChangeUntil startsAt={startsAt} service={service} timeZone={zones.shown} />
    </>
  );
}

function labelOf(kind: Confirmation["kind"], when: string, isRequest: boolean): string {
  if (kind === "editing") return fill(isRequest ? later.askFor : later.confirm, { when });
  return kind === "sending" ? later.confirming : texts.tryAgain;
}
