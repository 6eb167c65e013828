import type { TargetedSubmitEvent } from "preact";
import { useEffect } from "react";
import { dayOf } from "../../core/localTime";
import type { CustomerFields } from "../../core/wire";
import { Bar } from "../components/Bar";
import { ClaimNotice } from "../components/ClaimNotice";
import { Countdown } from "../components/Countdown";
import { DetailsForm } from "../components/DetailsForm";
import { useConfirmation } from "../hooks/useConfirmation";
import { customerOf, useDraft } from "../hooks/useDraft";
import { useRemembered } from "../hooks/useRemembered";
import type { Go } from "../hooks/useRoute";
import { useClaim, usePageServices } from "../pageServices";
import { type Route, resourceOf } from "../route";
import * as texts from "../texts";

interface DetailsStepProps {
  route: Details;
  timeZone: string;
  rules: CustomerFields;
  go: Go;
}

type Details = Extract<Route, { step: "details" }>;

const FORM = "details";

/** Who books: the time is the visitor's while the form is filled in. */
export function DetailsStep({ route, timeZone, rules, go }: DetailsStepProps) {
  const { serviceId, staff, startsAt } = route;
  const { keeper } = usePageServices();
  const state = useClaim();
  const [draft, change] = useDraft();
  const remembered = useRemembered();
  const { confirmation, confirm, tryAgain } = useConfirmation(
    startsAt,
    timeZone,
    rules,
    (booking) => {
      remembered.keep(draft);
      go({ step: "done", reference: booking.reference }, "replace");
    },
  );
  const { claim, pendingChoice, refusal } = state;
  const choice = { service_id: serviceId, resource_id: resourceOf(staff), starts_at: startsAt };
  const backToTimes = (how: "back" | "replace") =>
    go({ step: "time", serviceId, staff, day: dayOf(startsAt, timeZone) }, how);

  const isOpen = confirmation.kind === "editing";
  useEffect(() => {
    if (isOpen && !keeper.resumeCheckout(choice)) backToTimes("replace");
  });

  const take = async (wanted: string) => {
    await keeper.checkOut({ ...choice, starts_at: wanted });
    const { claim } = keeper.state;
    if (claim.kind !== "checkedOut" || claim.choice.starts_at !== wanted) return;
    go({ ...route, startsAt: wanted }, "replace");
  };

  const nearest = () => refusal?.alternatives.map((alternative) => alternative.starts_at) ?? [];

  const submit = (event: TargetedSubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (confirmation.kind === "unsure") tryAgain();
    else if (claim.kind === "checkedOut") confirm(claim.own.id, customerOf(draft));
  };

  const notice = () => {
    if (confirmation.kind === "unsure") return texts.unsure;
    if (confirmation.kind === "sending") return <span class="late very">{texts.stillWorking}</span>;
    if (claim.kind === "checkedOut" && !pendingChoice && !refusal) {
      return confirmation.failure && texts.refused(confirmation.failure, "");
    }
    return (
      <>
        <ClaimNotice state={state} timeZone={timeZone} nearest={nearest} onTake={take} />
        {!pendingChoice && (
          <button type="button" class="link" onClick={() => backToTimes("back")}>
            {texts.otherTime}
          </button>
        )}
      </>
    );
  };

  const canConfirm =
    confirmation.kind === "unsure" ||
    (isOpen && claim.kind === "checkedOut" && pendingChoice === null);

  return (
    <>
      <DetailsForm
        id={FORM}
        draft={draft}
        rules={rules}
        wrong={isOpen ? confirmation.wrong : []}
        isFixed={!isOpen}
        isRemembered={remembered.isWanted}
        onRemember={remembered.want}
        onChange={change}
        onSubmit={submit}
      />
      <Bar
        title={claim.kind === "checkedOut" && <Countdown expiresAt={claim.own.expires_at} />}
        notice={notice()}
      >
        <button
          type="submit"
          form={FORM}
          class="primary"
          data-testid="confirm"
          disabled={!canConfirm}
          aria-busy={confirmation.kind === "sending"}
        >
          {labels[confirmation.kind]}
        </button>
      </Bar>
    </>
  );
}

const labels = { editing: texts.confirm, sending: texts.confirming, unsure: texts.tryAgain };
