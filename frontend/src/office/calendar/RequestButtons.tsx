import * as answers from "../bookings/answerTexts";
import * as texts from "./texts";

interface RequestButtonsProps {
  onApprove(): void;
  onDecline(): void;
  onEdit(): void;
}

/** What can be done with a request. */
export function RequestButtons({ onApprove, onDecline, onEdit }: RequestButtonsProps) {
  return (
    <div class="cal-buttons">
      <button type="button" class="primary" onClick={onApprove}>
        {answers.approve}
      </button>
      <button type="button" class="secondary danger" onClick={onDecline}>
        {answers.decline}
      </button>
      <button type="button" class="secondary" onClick={onEdit}>
        {texts.editDetails}
      </button>
    </div>
  );
}
