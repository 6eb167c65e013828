import { useState } from "react";
import { randomHex } from "../../api/random";
import { Declined, insist } from "../calendar/actions";
import { clockOf, dayIn, instantOf, MINUTE } from "../calendar/time";
import type { Calendar, Rule } from "../calendar/wire";
import { Dialog } from "../components/Dialog";
import { Field } from "../components/Field";
import { Select } from "../components/Select";
import { useLoaded } from "../components/useLoaded";
import { useSubmit } from "../components/useSubmit";
import { useOfficeApi } from "../shell/office";
import * as texts from "./texts";
import { useAsking } from "./useAsking";
import type { BookingFile } from "./wire";

interface TimeDialogProps {
  file: BookingFile;
  onClose(isChanged: boolean): void;
}

/**
 * The rules that are broken without a question: the user books for the business, and these rules
 * are only for visitors.
 */
const FOR_VISITORS: readonly Rule[] = ["notice", "window"];

/** The dialog that moves a booking to another time or person. */
export function TimeDialog({ file: { booking, time_zone: zone }, onClose }: TimeDialogProps) {
  const api = useOfficeApi();
  const { ask, question } = useAsking();
  const length = (Date.parse(booking.ends_at) - Date.parse(booking.starts_at)) / MINUTE;
  const [day, setDay] = useState(dayIn(Date.parse(booking.starts_at), zone));
  const [clock, setClock] = useState(clockOf(booking.starts_at, zone));
  const [minutes, setMinutes] = useState(String(length));
  const [resource, setResource] = useState(String(booking.resource_id));
  const [fault, setFault] = useState("");
  const { answer: calendar } = useLoaded<Calendar>(
    `/calendar?from=${dayIn(Date.parse(booking.starts_at), zone)}&resource=${booking.resource_id}`,
  );
  const { form, isSending, refusal, submit } = useSubmit(async () => {
    setFault("");
    const there = await api.get<Calendar>(`/calendar?from=${day}&resource=${resource}`);
    const column = there.columns[0];
    const start = column ? instantOf(column, clock) : null;
    if (!start) return setFault(texts.noSuchTime);
    const { resource_id, starts_at, ends_at } = booking;
    const wanted = {
      starts_at: start,
      resource_id: Number(resource),
      ...(Number(minutes) === length ? {} : { duration: Number(minutes) }),
      seen: { resource_id, starts_at, ends_at },
    };
    try {
      await insist(
        ask,
        (override) =>
          api.change(
            "PATCH",
            `/bookings/${encodeURIComponent(booking.reference)}`,
            { ...wanted, override },
            randomHex(16),
          ),
        FOR_VISITORS,
      );
    } catch (error) {
      if (error instanceof Declined) return;
      throw error;
    }
    onClose(true);
  });
  const { fields, code, message } = refusal;
  const people = calendar?.resources ?? [];
  const options = people.some(({ id }) => id === booking.resource_id)
    ? people.map(({ id, name }) => ({ value: String(id), text: name }))
    : [{ value: String(booking.resource_id), text: booking.resource_name }];
  return (
    <Dialog title={texts.changeTime} onClose={() => onClose(false)}>
      <form ref={form} class="form" noValidate onSubmit={submit}>
        <Select
          name="resource_id"
          label={texts.resource}
          value={resource}
          options={options}
          error={fields.resource_id}
          onChange={setResource}
        />
        <div class="field-row">
          <Field name="day" label={texts.day} type="date" value={day} onChange={setDay} />
          <Field
            name="starts_at"
            label={texts.start}
            type="time"
            value={clock}
            error={fault || fields.starts_at}
            onChange={setClock}
          />
          <Field
            name="duration"
            label={texts.minutes}
            inputMode="numeric"
            value={minutes}
            error={fields.duration}
            onChange={setMinutes}
          />
        </div>
        <p class="form-error" role="alert">
          {texts.problems[code] ?? message}
        </p>
        <div class="buttons">
          <button type="submit" class="primary" disabled={isSending}>
            {texts.save}
          </button>
          <button type="button" class="secondary" onClick={() => onClose(false)}>
            {texts.back}
          </button>
        </div>
      </form>
      {question}
    </Dialog>
  );
}
