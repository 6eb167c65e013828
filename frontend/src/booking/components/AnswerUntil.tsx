import type { Booking } from "../../core/wire";
import { moment } from "../format/zones";
import { fill, later } from "../texts";

interface AnswerUntilProps {
  booking: Pick<Booking, "answer_until">;
  timeZone: string;
}

/** The sentence that says until when the business answers a request. */
export function AnswerUntil({ booking, timeZone }: AnswerUntilProps) {
  if (booking.answer_until === null) return null;
  return (
    <p data-testid="answer-until">
      {fill(later.keptUntil, { until: moment(booking.answer_until, timeZone) })}
    </p>
  );
}
