import { Dialog } from "../components/Dialog";
import * as texts from "./texts";
import type { Concern } from "./wire";

/** The list of bookings that a change affects. */
export function ConcernedList({ concerned }: { concerned: readonly Concern[] }) {
  return (
    <ul class="concerned">
      {concerned.map((each) => (
        <li key={each.reference}>
          <p>
            <span class="concerned-when">{when(each)}</span> <bdi>{each.customer}</bdi>
          </p>
          <p class="quiet">
            <bdi>{each.service}</bdi> · <bdi>{each.resource}</bdi> · {each.reference}
          </p>
          <p>{each.reasons.join("; ")}</p>
        </li>
      ))}
    </ul>
  );
}

const when = ({ starts_at, time_zone }: Concern) =>
  new Intl.DateTimeFormat(document.documentElement.lang, {
    dateStyle: "medium",
    timeStyle: "short",
    timeZone: time_zone,
  }).format(new Date(starts_at));

interface ConcernedDialogProps {
  concerned: readonly Concern[];
  onAgree(): void;
  onClose(): void;
}

/** The dialog that asks whether to make a change that some bookings don't fit. */
export function ConcernedDialog({ concerned, onAgree, onClose }: ConcernedDialogProps) {
  return (
    <Dialog title={texts.concernedTitle(concerned.length)} onClose={onClose}>
      <ConcernedList concerned={concerned} />
      <p>{texts.concernedStay}</p>
      <div class="buttons">
        <button type="button" class="primary" onClick={onAgree}>
          {texts.saveAllTheSame}
        </button>
        <button type="button" class="secondary" onClick={onClose}>
          {texts.goBack}
        </button>
      </div>
    </Dialog>
  );
}
