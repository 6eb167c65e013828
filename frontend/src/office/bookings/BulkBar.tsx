import { useState } from "react";
import { Dialog } from "../components/Dialog";
import { useAction } from "../components/useAction";
import { useOfficeApi } from "../shell/office";
import { nameOf } from "./BookingRows";
import * as texts from "./texts";
import type { Listed, Outcome } from "./wire";

type Action = keyof typeof texts.actions;
const PATH = "/bookings/end-many";
/** The most bookings that the server takes in one request. */
const AT_ONCE = 100;
const ANSWERS: readonly Action[] = ["approve", "decline"];
const ENDINGS: readonly Action[] = ["complete", "no-show", "cancel"];

interface BulkBarProps {
  chosen: readonly Listed[];
  onClear(): void;
  /** Gets the references of the bookings that were not changed. */
  onDone(left: readonly string[]): void;
}

/** The actions that need a confirmation first. */
const DANGERS: readonly Action[] = ["decline", "cancel"];

/** The result of the latest action. */
interface Said {
  text: string;
  refused: readonly { name: string; reference: string; why: string }[];
}

/** The actions for all selected bookings, and the result for each booking. */
export function BulkBar({ chosen, onClear, onDone }: BulkBarProps) {
  const api = useOfficeApi();
  const [asked, setAsking] = useState<Action | null>(null);
  const [said, say] = useState<Said | null>(null);
  const ending = useAction(async (action: Action) => {
    say(null);
    const references = chosen.map(({ reference }) => reference);
    const outcomes: Outcome[] = [];
    for (let first = 0; first < references.length; first += AT_ONCE) {
      const body = { action, references: references.slice(first, first + AT_ONCE) };
      const answer = await api.change<{ outcomes: Outcome[] }>("POST", PATH, body);
      outcomes.push(...answer.outcomes);
    }
    const refused = outcomes.filter((each) => !each.is_done);
    const names = new Map(chosen.map((each) => [each.reference, nameOf(each)]));
    say({
      text:
        refused.length < outcomes.length
          ? texts.done[action](outcomes.length - refused.length)
          : "",
      refused: refused.map(({ reference, code, detail }) => ({
        name: names.get(reference) ?? reference,
        reference,
        why: texts.problems[code ?? ""] ?? detail ?? "",
      })),
    });
    onDone(refused.map(({ reference }) => reference));
  });
  const run = (action: Action) => {
    if (DANGERS.includes(action)) setAsking(action);
    else void ending.run(action);
  };
  const requests = chosen.filter(({ status }) => status === "requested").length;
  const actions = [...(requests ? ANSWERS : []), ...(requests < chosen.length ? ENDINGS : [])];
  const isShown = chosen.length > 0 || said !== null;
  return (
    <>
      <section class="bulk-bar" aria-label={texts.selected(chosen.length)} hidden={!isShown}>
        <div class="said" role="status">
          {said && <Said said={said} />}
        </div>
        {ending.failure && <p role="alert">{ending.failure}</p>}
        {chosen.length > 0 && (
          <>
            <p class="selected">{texts.selected(chosen.length)}</p>
            {actions.map((action) => (
              <button
                key={action}
                type="button"
                class={DANGERS.includes(action) ? "secondary danger" : "secondary"}
                disabled={ending.isRunning}
                onClick={() => run(action)}
              >
                {texts.actions[action]}
              </button>
            ))}
          </>
        )}
        <button
          type="button"
          class="quiet-button"
          onClick={() => {
            say(null);
            onClear();
          }}
        >
          {chosen.length > 0 ? texts.clear : texts.dismiss}
        </button>
      </section>
      {asked && (
        <Dialog
          title={(asked === "decline" ? texts.declineMany : texts.cancelMany)(chosen.length)}
          onClose={() => setAsking(null)}
        >
          <p>{texts.cancelHint}</p>
          <div class="buttons">
            <button
              type="button"
              class="secondary danger"
              onClick={() => {
                setAsking(null);
                void ending.run(asked);
              }}
            >
              {(asked === "decline" ? texts.declineNow : texts.cancelNow)(chosen.length)}
            </button>
            <button type="button" class="secondary" onClick={() => setAsking(null)}>
              {texts.leave}
            </button>
          </div>
        </Dialog>
      )}
    </>
  );
}

function Said({ said: { text, refused } }: { said: Said }) {
  return (
    <>
      <p>{text}</p>
      {refused.length > 0 && (
        <>
          <p>{texts.notDone(refused.length)}</p>
          <ul>
            {refused.map(({ name, reference, why }) => (
              <li key={reference}>
                <bdi>{name}</bdi> ({reference}): {why}
              </li>
            ))}
          </ul>
        </>
      )}
    </>
  );
}
