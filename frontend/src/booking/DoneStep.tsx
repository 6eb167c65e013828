import type { NewBooking } from "../api/wire";
import { Appointment } from "./Appointment";
import { useParts } from "./parts";
import type { Route } from "./route";
import * as texts from "./texts";
import type { Catalogue } from "./useCatalogue";
import type { Go } from "./useRoute";

interface DoneStepProps {
  catalogue: Catalogue;
  booking: NewBooking;
  go: Go;
}

/** What the server confirmed, and how to change it. */
export function DoneStep({ catalogue, booking, go }: DoneStepProps) {
  return (
    <section class="done">
      <span class="done-mark" aria-hidden="true" />
      <h2 tabIndex={-1}>{texts.done}</h2>
      <Appointment catalogue={catalogue} booking={booking} />
      <p>
        <a class="secondary" data-testid="manage-link" href={booking.manage_url}>
          {texts.manage}
        </a>
      </p>
      <button type="button" class="link" onClick={() => go({ step: "service" })}>
        {texts.bookAnother}
      </button>
    </section>
  );
}

/** The booking made in this tab, if it is the one that is asked for. */
export function useBooked(route: Route): NewBooking | null {
  const booked = useParts().tabStorage.read<NewBooking>("booked");
  return route.step === "done" && booked?.reference === route.reference ? booked : null;
}
