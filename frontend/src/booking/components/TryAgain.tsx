import { texts } from "../texts";

/** The button that tries again immediately. The page also tries again by itself. */
export function TryAgain({ onTry }: { onTry(): void }) {
  return (
    <button type="button" class="secondary" data-testid="try-again" onClick={onTry}>
      {texts.tryAgain}
    </button>
  );
}
