interface ChoiceButtonProps {
  testId: string;
  name: string;
  price?: string | null;
  hint?: string;
  onChoose(): void;
}

/** One answer to a question with few. */
export function ChoiceButton({ testId, name, price, hint, onChoose }: ChoiceButtonProps) {
  return (
    <button type="button" class="choice" data-testid={testId} onClick={onChoose}>
      <span class="choice-name">{name}</span>
      <span>{price}</span>
      <span class="choice-hint">{hint}</span>
    </button>
  );
}
