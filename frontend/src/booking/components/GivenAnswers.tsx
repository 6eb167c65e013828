import type { Booking } from "../../core/wire";
import { useQuestionCode } from "../hooks/useQuestionCode";

/** The answers and terms of a booking, if it has any. */
export function GivenAnswers({ booking }: { booking: Booking }) {
  const code = useQuestionCode(!!(booking.answers?.length || booking.accepted_terms));
  return code && <code.AnswerList booking={booking} />;
}
