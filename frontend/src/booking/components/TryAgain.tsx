import { texts } from "../texts";

/** The page also tries again by itself; this button does it immediately. */
export function TryAgain({ onTry }: { onTry(): void }) {
  return (
    <button type="button" class="secondary" data-testid="try-again" onClick={onTry}>
      {texts.tryAgain}
    </button>
  );
}
