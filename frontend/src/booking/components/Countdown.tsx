import { countdown } from "../format/format";
import { useServerNow } from "../hooks/useRepeatedly";
import * as texts from "../texts";

const PLAIN = 2 * 60_000;

/** How long the visitor still has the time, by the server's clock; less visible at first. */
export function Countdown({ expiresAt }: { expiresAt: string }) {
  const left = Date.parse(expiresAt) - useServerNow(1_000);
  const isPlain = left <= PLAIN;
  const lastMinutes = Math.max(1, Math.ceil(left / 60_000));
  return (
    <>
      <span class="countdown" data-testid="countdown" data-plain={isPlain} role="timer">
        {texts.timeLeft(countdown(left))}
      </span>
      <span class="visually-hidden" role="status">
        {isPlain && texts.lastMinutes(lastMinutes)}
      </span>
    </>
  );
}
