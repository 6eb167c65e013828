import type { Booking } from "../../core/wire";
import { useQuestionCode } from "../hooks/useQuestionCode";

/** What the customer has answered and accepted, if anything. */
export function GivenAnswers({ booking }: { booking: Booking }) {
  const code = useQuestionCode(!!(booking.answers?.length || booking.accepted_terms));
  return code && <code.AnswerList booking={booking} />;
}
