import * as answers from "../bookings/answerTexts";
import * as texts from "./texts";

interface RequestButtonsProps {
  onApprove(): void;
  setMode(mode: "decline" | "time" | "details"): void;
}

/** The buttons that approve or decline a request. */
export function RequestButtons({ onApprove, setMode }: RequestButtonsProps) {
  return (
    <div class="cal-buttons">
      <button type="button" class="primary" onClick={onApprove}>
        {answers.approve}
      </button>
      <button type="button" class="secondary danger" onClick={() => setMode("decline")}>
        {answers.decline}
      </button>
      <button type="button" class="secondary" onClick={() => setMode("time")}>
        {texts.changeTime}
      </button>
      <button type="button" class="secondary" onClick={() => setMode("details")}>
        {texts.editDetails}
      </button>
    </div>
  );
}
