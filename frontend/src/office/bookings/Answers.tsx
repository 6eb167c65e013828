import * as texts from "./texts";
import type { Listed } from "./wire";

/**
 * The answers that the customer has given and the terms that they have accepted, in the words that
 * were shown then.
 */
export function Answers({ booking: { answers, accepted_terms: terms } }: { booking: Listed }) {
  return (
    <>
      {answers.length > 0 && (
        <section class="card" aria-labelledby="answers">
          <h2 id="answers">{texts.answers}</h2>
          <dl class="facts">
            {answers.map(({ id, label, answer }) => (
              <div key={id} class="fact">
                <dt>
                  <bdi>{label}</bdi>
                </dt>
                <dd class="long-text" dir="auto">
                  {typeof answer === "boolean" ? texts.ticked(answer) : answer}
                </dd>
              </div>
            ))}
          </dl>
        </section>
      )}
      {terms && (
        <details>
          <summary>{texts.acceptedTerms}</summary>
          <p class="long-text" dir="auto">
            {terms}
          </p>
        </details>
      )}
    </>
  );
}
