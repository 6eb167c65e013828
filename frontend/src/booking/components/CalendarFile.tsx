import { createManageApi, type ManageLink } from "../../api/manageApi";
import { useRequest } from "../hooks/useRequest";
import { usePageServices } from "../pageServices";
import { saveFile } from "../saveFile";

interface CalendarFileProps {
  link: ManageLink;
  /** What the button is called. */
  name: string;
}

/** Saves a booking as a file that calendar programs open. */
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
