import { Icon } from "./Icon";

/** The next step and the texts of its button. */
export interface Step {
  label: string;
  /** The words for the arrow beside the chosen time: its label and its tooltip. */
  short: string;
  testId: string;
  isDisabled: boolean;
  isBusy: boolean;
  take(): void;
}

interface NextStepProps {
  step: Step;
  isShort?: boolean;
}

/** The button for the next step, in the bar; or a short one beside the chosen time. */
export function NextStep({ step, isShort = false }: NextStepProps) {
  return (
    <button
      type="button"
      class={isShort ? "primary next" : "primary"}
      data-testid={step.testId}
      disabled={step.isDisabled || step.isBusy}
      aria-busy={step.isBusy}
      aria-label={isShort ? step.short : undefined}
      title={isShort ? step.short : undefined}
      onClick={step.take}
    >
      {isShort ? <Icon name="on" /> : step.label}
    </button>
  );
}
