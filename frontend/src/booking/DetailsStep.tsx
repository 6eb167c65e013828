import type { TargetedSubmitEvent } from "preact";
import { useEffect } from "react";
import type { NewBooking, Service } from "../api/wire";
import { Bar } from "./Bar";
import { ClaimNotice } from "./ClaimNotice";
import { Countdown } from "./Countdown";
import { DetailsForm } from "./DetailsForm";
import { dayOf, time } from "./format";
import { useClaim, useParts } from "./parts";
import { resourceOf, type Staff } from "./route";
import { texts } from "./texts";
import { type Confirmation, useConfirmation } from "./useConfirmation";
import { customerOf, useDraft } from "./useDraft";
import type { Go } from "./useRoute";

interface DetailsStepProps {
  service: Service;
  staff: Staff;
  startsAt: string;
  tz: string;
  go: Go;
}

const FORM = "details";

/** Who books: the time is the visitor's while the form is filled in. */
export function DetailsStep({ service, staff, startsAt, tz, go }: DetailsStepProps) {
  const { keeper } = useParts();
  const state = useClaim();
  const [draft, change] = useDraft();
  const { confirmation, confirm, tryAgain } = useConfirmation((booking: NewBooking) =>
    go({ step: "done", reference: booking.reference }, "replace"),
  );
  const { claim, asking, refusal } = state;
  const choice = { serviceId: service.id, resourceId: resourceOf(staff), startsAt };
  const backToTimes = (how: "push" | "replace") =>
    go({ step: "time", serviceId: service.id, staff, day: dayOf(startsAt, tz) }, how);

  const isOpen = confirmation.kind === "editing";
  useEffect(() => {
    if (isOpen && !keeper.resumeCheckout(choice)) backToTimes("replace");
  });

  const take = async (wanted: string) => {
    await keeper.checkOut({ ...choice, startsAt: wanted });
    const { claim } = keeper.state;
    if (claim.kind !== "checkedOut" || claim.choice.startsAt !== wanted) return;
    go({ step: "details", serviceId: service.id, staff, startsAt: wanted }, "replace");
  };

  const nearest = () => refusal?.alternatives.map((alternative) => alternative.starts_at) ?? [];

  const submit = (event: TargetedSubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (confirmation.kind === "unsure") tryAgain();
    else if (claim.kind === "checkedOut") confirm(claim.own.id, customerOf(draft));
  };

  const canConfirm =
    confirmation.kind === "unsure" || (isOpen && claim.kind === "checkedOut" && asking === null);

  return (
    <>
      <DetailsForm
        id={FORM}
        draft={draft}
        wrong={isOpen ? confirmation.wrong : []}
        isFixed={!isOpen}
        onChange={change}
        onSubmit={submit}
      />
      <Bar
        title={
          claim.kind === "checkedOut" && (
            <Countdown time={time(startsAt, tz)} expiresAt={claim.own.expiresAt} />
          )
        }
        notice={
          confirmation.kind !== "editing" || confirmation.failure ? (
            outcomeOf(confirmation)
          ) : claim.kind === "checkedOut" && !asking && !refusal ? null : (
            <>
              <ClaimNotice state={state} tz={tz} nearest={nearest} onTake={take} />
              {!asking && (
                <button type="button" class="link" onClick={() => backToTimes("push")}>
                  {texts.otherTime}
                </button>
              )}
            </>
          )
        }
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

/** What is known of a booking that was sent. */
function outcomeOf(confirmation: Confirmation): string | null {
  switch (confirmation.kind) {
    case "editing":
      return confirmation.failure && texts.refused(confirmation.failure, "");
    case "sending":
      return confirmation.isLate ? texts.stillWorking : null;
    case "unsure":
      return texts.unsure;
  }
}

const labels = { editing: texts.confirm, sending: texts.confirming, unsure: texts.tryAgain };
