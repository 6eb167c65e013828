import * as texts from "../texts";

/** The page asks again by itself as well; whoever waits needn't. */
export function TryAgain({ onTry }: { onTry(): void }) {
  return (
    <button type="button" class="secondary" data-testid="try-again" onClick={onTry}>
      {texts.tryAgain}
    </button>
  );
}
