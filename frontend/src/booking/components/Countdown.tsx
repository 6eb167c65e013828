import { useRef } from "react";
import { countdown, MINUTE } from "../format/format";
import { useServerNow } from "../hooks/useRepeatedly";
import { fill, later, plural } from "../texts";

const PLAIN = 2 * MINUTE;
/**
 * The ring is full when this much time is left, or the time that is left at first if it is longer.
 */
const USUAL = 10 * MINUTE;

/**
 * Shows how long the visitor still has the time, by the server's clock: in minutes, and near the
 * end in seconds.
 */
export function Countdown({ expiresAt }: { expiresAt: string }) {
  const left = Math.max(0, Date.parse(expiresAt) - useServerNow(1_000));
  const whole = useRef(Math.max(left, USUAL));
  const isPlain = left < PLAIN;
  const minutes = Math.floor(left / MINUTE);
  return (
    <>
      <span class="countdown" data-testid="countdown" data-plain={isPlain} role="timer">
        <svg class="ring" viewBox="0 0 20 20" aria-hidden="true">
          <circle cx="10" cy="10" r="8" />
          <circle
            cx="10"
            cy="10"
            r="8"
            pathLength="100"
            strokeDasharray={`${(100 * left) / whole.current} 100`}
          />
        </svg>
        <span>{fill(later.timeLeft, { left: isPlain ? countdown(left) : minutes })}</span>
      </span>
      <span class="visually-hidden" role="status">
        {isPlain && plural(later.lastMinutes, Math.max(1, Math.ceil(left / MINUTE)))}
      </span>
    </>
  );
}
