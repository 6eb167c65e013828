import type { Booking } from "../../core/wire";
import { moment } from "../format/format";
import { useServerNow } from "../hooks/useRepeatedly";
import * as texts from "../texts";

const LOOK_AGAIN = 5_000;

interface ChangeUntilProps {
  booking: Booking;
  timeZone: string;
}

/** Until when the customer can move or cancel a booking that is to come. */
export function ChangeUntil({ booking, timeZone }: ChangeUntilProps) {
  const { isConfirmed, canMove, canCancel, hasBegun } = useChangeable(booking);
  if (!isConfirmed || hasBegun) return null;
  const text = texts.changeUntil(
    { canStill: canMove, until: moment(booking.move_until, timeZone) },
    { canStill: canCancel, until: moment(booking.cancel_until, timeZone) },
  );
  return (
    <p class="quiet" data-testid="change-until">
      {text}
    </p>
  );
}

/** What can be done with a booking now. */
export function useChangeable(booking: Booking) {
  const now = useServerNow(LOOK_AGAIN);
  const isConfirmed = booking.status === "confirmed";
  return {
    isConfirmed,
    canMove: isConfirmed && now < Date.parse(booking.move_until),
    canCancel: isConfirmed && now < Date.parse(booking.cancel_until),
    hasBegun: Date.parse(booking.starts_at) <= now,
  };
}
