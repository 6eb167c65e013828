import type { Booking, Service } from "../../core/wire";
import { MINUTE } from "../format/format";
import { moment } from "../format/zones";
import { useServerNow } from "../hooks/useRepeatedly";
import { fill, later } from "../texts";

const LOOK_AGAIN = 5_000;

type Changed = Pick<Booking, "status" | "starts_at" | "move_until" | "cancel_until">;

interface ChangeUntilProps {
  booking: Changed;
  timeZone: string;
}

/**
 * The sentence that says until when the customer can move or cancel a booking that has not begun.
 */
export function ChangeUntil({ booking, timeZone }: ChangeUntilProps) {
  const { isConfirmed, canMove, canCancel, hasBegun } = useChangeable(booking);
  if (!isConfirmed || hasBegun) return null;
  const text = changeUntil(
    { canStill: canMove, until: moment(booking.move_until, timeZone) },
    { canStill: canCancel, until: moment(booking.cancel_until, timeZone) },
  );
  return (
    <p class="quiet" data-testid="change-until">
      {text}
    </p>
  );
}

interface WillChangeUntilProps {
  startsAt: string;
  service: Service;
  timeZone: string;
}

/** The same sentence about a booking that is not made yet. */
export function WillChangeUntil({ startsAt, service, timeZone }: WillChangeUntilProps) {
  const subtractNotice = (notice: number) =>
    new Date(Date.parse(startsAt) - notice * MINUTE).toISOString();
  const booking: Changed = {
    status: "confirmed",
    starts_at: startsAt,
    move_until: subtractNotice(service.move_notice),
    cancel_until: subtractNotice(service.cancel_notice),
  };
  const { canMove, canCancel } = useChangeable(booking);
  if (canMove || canCancel) return <ChangeUntil booking={booking} timeZone={timeZone} />;
  return (
    <p class="quiet" data-testid="change-until">
      {later.neverChanged}
    </p>
  );
}

/** Tells what can be done with a booking now. The answer changes as time passes. */
export function useChangeable(booking: Changed) {
  const now = useServerNow(LOOK_AGAIN);
  const isConfirmed = booking.status === "confirmed";
  const isRequest = booking.status === "requested";
  const isAgreed = isConfirmed || isRequest;
  return {
    isConfirmed,
    isRequest,
    canMove: isAgreed && now < Date.parse(booking.move_until),
    canCancel: isAgreed && now < Date.parse(booking.cancel_until),
    hasBegun: Date.parse(booking.starts_at) <= now,
  };
}

interface Deadline {
  canStill: boolean;
  until: string;
}

/** Says until when a booking can be moved and cancelled. */
function changeUntil(move: Deadline, cancel: Deadline): string {
  const until = { move: move.until, cancel: cancel.until };
  const isOne = move.until === cancel.until;
  if (move.canStill && cancel.canStill)
    return fill(isOne ? later.canChange : later.canMoveAndCancel, until);
  if (cancel.canStill) return fill(later.canCancel, until);
  const past = isOne ? later.couldChange : later.couldMoveAndCancel;
  return `${fill(move.canStill ? later.canMove : past, until)} ${later.tellBusiness}`;
}
