import type { Booking } from "../../core/wire";
import { later, locale } from "../texts";

/**
 * The answers that the customer has given and the terms that they have accepted, in the words that
 * were shown then.
 */
export function AnswerList({ booking: { answers = [], accepted_terms } }: { booking: Booking }) {
  return (
    <>
      {answers.length > 0 && (
        <section class="answers" data-testid="answers">
          <h3>{later.answers}</h3>
          <dl>
            {answers.map(({ id, label, answer }) => (
              <div key={id}>
                <dt>
                  <bdi>{label}</bdi>
                </dt>
                <dd class="long-text">
                  <bdi>{describe(answer)}</bdi>
                </dd>
              </div>
            ))}
          </dl>
        </section>
      )}
      {accepted_terms && (
        <details class="terms">
          <summary>{later.acceptedTerms}</summary>
          <p class="long-text" dir="auto">
            {accepted_terms}
          </p>
        </details>
      )}
    </>
  );
}

function describe(answer: string | number | boolean): string {
  // A number may be a year, so four digits are not grouped.
  if (typeof answer === "number")
    return new Intl.NumberFormat(locale, { useGrouping: "min2" }).format(answer);
  return typeof answer === "string" ? answer : answer ? later.yes : later.no;
}
