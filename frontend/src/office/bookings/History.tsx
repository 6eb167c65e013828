import { useState } from "react";
import { TimeWriter } from "../calendar/time";
import { momentIn } from "../components/moment";
import { useAction } from "../components/useAction";
import { useOfficeApi, useUser } from "../shell/office";
import { addressOf } from "../shell/router";
import * as officeTexts from "../texts";
import * as answers from "./answerTexts";
import { Status } from "./BookingRows";
import * as texts from "./texts";
import type { BookingFile, Happening } from "./wire";

/** The states of a booking about which there is a letter. */
const WITH_LETTER = ["requested", "confirmed", "cancelled", "declined"];
const times = new TimeWriter(document.documentElement.lang);

/** The history of a booking: what happened to it, when, and who did it. */
export function Events({ file }: { file: BookingFile }) {
  const zone = file.time_zone;
  return (
    <section class="list-section">
      <h2>{texts.history}</h2>
      <ol class="rows card-rows">
        {file.events.map((event) => (
          <li key={`${event.at} ${event.action}`}>
            <p class="row-text">
              <span>{officeTexts.actions[event.action] ?? event.action}</span>
              <span class="quiet">
                <bdi>{event.by ?? officeTexts.actors[event.actor] ?? event.actor}</bdi>
                {event.address && ` · ${event.address}`}
                {detailOf(event, zone)}
              </span>
            </p>
            <time class="quiet" dateTime={event.at}>
              {momentIn(event.at, zone)}
            </time>
          </li>
        ))}
      </ol>
    </section>
  );
}

function detailOf({ action, details: { from, to, reason } }: Happening, zone: string): string {
  const format = (instant: string) => times.longSpan(instant, instant, zone);
  if (action === "booking.rescheduled" && from && to) {
    return ` · ${texts.movedFrom(format(from), format(to))}`;
  }
  if (reason) return ` · ${answers.because(reason)}`;
  return to ? ` · ${texts.startsAt(format(to))}` : "";
}

/** The rivals: other bookings and checkouts of the same time. */
export function Rivals({ file }: { file: BookingFile }) {
  const zone = file.time_zone;
  if (file.rivals.length === 0) return null;
  return (
    <section class="list-section">
      <h2>{texts.rivals}</h2>
      <p class="hint">{texts.rivalsHint}</p>
      <ol class="rows card-rows">
        {file.rivals.map((rival) => (
          <li key={rival.reference}>
            <p class="row-text">
              <a href={addressOf(`/bookings/${rival.reference}`)}>
                <bdi>{rival.name || texts.nobody}</bdi>
              </a>
              <span class="quiet">
                {texts.rivalCame(momentIn(rival.created_at, zone))}
                {rival.ended_at && `, ${texts.rivalLeft(momentIn(rival.ended_at, zone))}`}
              </span>
            </p>
            <Status status={rival.status} />
          </li>
        ))}
      </ol>
    </section>
  );
}

interface LettersProps {
  file: BookingFile;
  onSent(): void;
}

/** The letters about a booking. The letter about its present state can be sent again. */
export function Letters({ file, onSent }: LettersProps) {
  const { user } = useUser();
  const api = useOfficeApi();
  const [isSent, setSent] = useState(false);
  const { booking, letters, time_zone: zone } = file;
  const sending = useAction(async () => {
    setSent(false);
    await api.change("POST", `/bookings/${encodeURIComponent(booking.reference)}/letters`);
    setSent(true);
    onSent();
  });
  const canSend =
    user.scopes.includes("bookings:write") &&
    booking.customer?.email &&
    WITH_LETTER.includes(booking.status) &&
    Date.parse(booking.starts_at) > api.environment.serverClock.now();
  return (
    <section class="list-section">
      <div class="page-head">
        <h2>{texts.letters}</h2>
        {canSend && (
          <button
            type="button"
            class="secondary"
            disabled={sending.isRunning}
            onClick={() => sending.run()}
          >
            {texts.sendAgain}
          </button>
        )}
      </div>
      <p role="status" class="said">
        {isSent && texts.sentAgain}
      </p>
      {sending.failure && <p role="alert">{sending.failure}</p>}
      {letters.length === 0 ? (
        <p class="quiet">{texts.noLetters}</p>
      ) : (
        <ul class="rows card-rows">
          {letters.map((letter) => (
            <li key={letter.id}>
              <p class="row-text">
                <span>
                  {texts.kinds[letter.letter] ?? letter.letter}{" "}
                  {texts.to(texts.recipients[letter.recipient])}
                </span>
                <span class="quiet">
                  <bdi>{letter.address}</bdi>
                  {` · ${momentIn(letter.finished_at ?? letter.created_at, zone)}`}
                  {letter.due_at && ` · ${texts.letterDue(momentIn(letter.due_at, zone))}`}
                  {letter.reason && ` · ${letter.reason}`}
                </span>
              </p>
              <span class="status" data-status={letter.state}>
                {texts.states[letter.state]}
              </span>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
