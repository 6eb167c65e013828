import { createManageApi, type ManageLink } from "../../api/manageApi";
import { useRequest } from "../hooks/useRequest";
import { usePageServices } from "../pageServices";
import { saveFile } from "../saveFile";

interface CalendarFileProps {
  link: ManageLink;
  /** The text of the button. */
  name: string;
}

/** A button that saves a booking as a file for calendar programs. */
export function CalendarFile({ link, name }: CalendarFileProps) {
  const services = usePageServices();
  const { isSending, failure, run } = useRequest();
  const save = () =>
    run(async () =>
      saveFile(await createManageApi(services, link).calendarFile(), `${link.reference}.ics`),
    );
  return (
    <>
      <button
        type="button"
        class="secondary"
        data-testid="calendar-file"
        disabled={isSending}
        onClick={save}
      >
        {name}
      </button>
      {failure && (
        <p class="wrong" role="alert">
          {failure}
        </p>
      )}
    </>
  );
}
