import { useState } from "react";
import type { BookingsPart } from "../bookings/wire";
import { Dialog } from "../components/Dialog";
import { useAction } from "../components/useAction";
import { useLoaded } from "../components/useLoaded";
import { useOfficeApi } from "../shell/office";
import * as texts from "./texts";
import type { CustomerFile } from "./wire";

interface EraseDialogProps {
  file: CustomerFile;
  onClose(): void;
  onErased(): void;
}

/** The dialog that says what is lost before it erases a customer. */
export function EraseDialog({ file: { customer, notes }, onClose, onErased }: EraseDialogProps) {
  const api = useOfficeApi();
  const [cancels, setCancels] = useState(false);
  const { answer } = useLoaded<BookingsPart>(
    `/bookings?customer=${customer.id}&status=confirmed&status=requested&limit=200&sort=-start`,
  );
  const now = api.environment.serverClock.now();
  const upcoming =
    answer?.bookings.filter(({ starts_at }) => Date.parse(starts_at) > now).length ?? 0;
  const erasing = useAction(async () => {
    await api.change("POST", `/customers/${customer.id}/erase`, { cancel: cancels });
    onErased();
  });
  return (
    <Dialog title={texts.eraseTitle(customer.name)} onClose={onClose}>
      <ul class="losses">
        <li>{texts.eraseLoses(customer.booked)}</li>
        {notes.length > 0 && <li>{texts.eraseNotes(notes.length)}</li>}
        <li>{texts.eraseLetters}</li>
      </ul>
      {upcoming > 0 && (
        <div>
          <label class="choice">
            <input
              type="checkbox"
              checked={cancels}
              onChange={(event) => setCancels(event.currentTarget.checked)}
            />
            <span>{texts.eraseUpcoming(upcoming)}</span>
          </label>
          <p class="hint">{texts.eraseUpcomingHint}</p>
        </div>
      )}
      <p>{texts.cannotUndo}</p>
      {erasing.failure && <p role="alert">{erasing.failure}</p>}
      <div class="buttons">
        <button
          type="button"
          class="secondary danger"
          disabled={erasing.isRunning || answer === null || (upcoming > 0 && !cancels)}
          onClick={() => erasing.run()}
        >
          {texts.eraseNow}
        </button>
        <button type="button" class="secondary" onClick={onClose}>
          {texts.leave}
        </button>
      </div>
    </Dialog>
  );
}
