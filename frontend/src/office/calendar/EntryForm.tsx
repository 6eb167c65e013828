import { useMemo, useState } from "react";
import { randomHex } from "../../api/random";
import { tabStorage } from "../shell/storages";
import { insist, problemOf } from "./actions";
import { BlockForm } from "./BlockForm";
import { conflictsOf, isForGood } from "./conflicts";
import { Dialog } from "./Dialog";
import { Labelled, valuesOf } from "./fields";
import { fieldErrors, GuestFields, type NewEntryProps, PersonField } from "./formFields";
import { type Change, keyOf } from "./schedule";
import * as texts from "./texts";
import { clockOf, instantOf, MINUTE } from "./time";
import type { Service } from "./wire";

/** The key under which the tab keeps what was typed until it is saved, also when the page is left. */
const KEPT = "new booking";

const readKept = () => tabStorage.read<Record<string, string>>(KEPT) ?? {};

function keep({ name = "", email = "", phone = "", notes = "" }: Record<string, string>): void {
  tabStorage.write(KEPT, { name, email, phone, notes });
}

/** The dialog for a new booking, or for a time that is to be closed. */
export function NewEntry(props: NewEntryProps) {
  const [isBlock, setBlock] = useState(false);
  return (
    <Dialog title={texts.newBooking} onClose={props.onClose}>
      <fieldset class="cal-switch">
        <legend class="visually-hidden">{texts.kindOfEntry}</legend>
        {[texts.bookTime, texts.blockTime].map((label, index) => (
          <label key={label}>
            <input
              type="radio"
              name="kind"
              checked={isBlock === (index === 1)}
              onChange={() => setBlock(index === 1)}
            />
            <span>{label}</span>
          </label>
        ))}
      </fieldset>
      {isBlock ? <BlockForm {...props} /> : <NewBooking {...props} />}
    </Dialog>
  );
}

/** Returns the services of a resource, and all others. */
function servicesFor(services: readonly Service[], resource: number): [Service[], Service[]] {
  const offered = services.filter((service) => !service.retired);
  const does = (service: Service) => service.resource_ids?.includes(resource) ?? false;
  return [offered.filter(does), offered.filter((service) => !does(service))];
}

function NewBooking({ around, column, starts_at, ends_at, onClose }: NewEntryProps) {
  const { api, schedule, words } = around;
  const kept = useMemo(readKept, []);
  const key = useMemo(() => randomHex(16), []);
  const [resource, setResource] = useState(column.resource_id);
  const [own, others] = servicesFor(schedule.calendar.services, resource);
  const [service, setService] = useState((own[0] ?? others[0])?.id ?? 0);
  const drawn = ends_at ? (Date.parse(ends_at) - Date.parse(starts_at)) / MINUTE : null;
  const [minutes, setMinutes] = useState<number | null>(drawn);
  const [clock, setClock] = useState(clockOf(starts_at, column.time_zone));
  const [problem, setProblem] = useState<string | null>(null);
  const [errors, setErrors] = useState<Record<string, string>>({});
  const [isBusy, setBusy] = useState(false);

  const at = schedule.column(keyOf(resource, column.day)) ?? column;
  const length = minutes ?? words.service(service)?.duration ?? 30;
  const start = instantOf(at, clock);
  const change = start === null ? null : changeAt(resource, start, length);
  const capacity = words.capacityOf(service);
  const conflicts = change
    ? conflictsOf(
        at,
        schedule.entries(keyOf(resource, column.day)),
        change,
        words.now(),
        null,
        capacity > 1,
      ).filter(
        ({ entry }) =>
          !(capacity > 1 && entry?.service_id === service && entry.starts_at === start),
      )
    : [];

  const save = async (event: SubmitEvent) => {
    event.preventDefault();
    const values = valuesOf(event.currentTarget as HTMLFormElement);
    keep(values);
    if (!change) return setErrors({ starts_at: texts.noSuchTime });
    setBusy(true);
    setProblem(null);
    setErrors({});
    try {
      const { name = "", email = "", phone = "", notes = "" } = values;
      const wanted = {
        service_id: service,
        resource_id: resource,
        starts_at: change.starts_at,
        ...(minutes === null ? {} : { duration: minutes }),
        customer: { name: name.trim(), email: email.trim(), phone: phone.trim() },
        notes,
      };
      // A key belongs to one content, so another request needs another key.
      const made = await insist(around.ask, (override) =>
        api.book(wanted, override, `${key}${override.length}${hashOf(wanted)}`),
      );
      tabStorage.remove(KEPT);
      around.noteOwn(made.id);
      const time = words.place(at, made.starts_at, made.ends_at);
      around.tell(texts.booked(made.customer?.name ?? "", time), () => around.cancel(made));
      onClose();
    } catch (error) {
      setBusy(false);
      setErrors(fieldErrors(error));
      setProblem(problemOf(error));
    }
  };

  return (
    <form class="cal-form" onSubmit={save} onInput={(event) => keep(valuesOf(event.currentTarget))}>
      <Labelled label={texts.service}>
        {(field) => (
          <select
            {...field}
            name="service"
            value={service}
            onChange={(event) => {
              setService(Number(event.currentTarget.value));
              setMinutes(drawn);
            }}
          >
            {own.map((each) => (
              <option key={each.id} value={each.id}>
                {each.name}
              </option>
            ))}
            {others.length > 0 && (
              <optgroup label={texts.notOffered}>
                {others.map((each) => (
                  <option key={each.id} value={each.id}>
                    {each.name}
                  </option>
                ))}
              </optgroup>
            )}
          </select>
        )}
      </Labelled>
      <div class="cal-row">
        <PersonField around={around} value={resource} onChange={setResource} />
        <Labelled label={texts.from} error={errors.starts_at}>
          {(field) => (
            <input
              {...field}
              type="time"
              name="from"
              required
              value={clock}
              onInput={(event) => setClock(event.currentTarget.value)}
            />
          )}
        </Labelled>
        <Labelled label={texts.minutes} error={errors.duration}>
          {(field) => (
            <input
              {...field}
              type="number"
              name="minutes"
              min={1}
              max={1440}
              required
              value={length}
              onInput={(event) => setMinutes(Number(event.currentTarget.value) || null)}
            />
          )}
        </Labelled>
      </div>
      <p class="quiet cal-when">
        {words.times.longDay(column.day)}
        {change && `, ${words.span(change.starts_at, change.ends_at, at.time_zone)}`}
        {at.time_zone !== schedule.calendar.time_zone && ` (${at.time_zone})`}
      </p>
      <div class="cal-conflicts" role="status">
        {conflicts.map((each) => (
          <p key={`${each.kind} ${each.entry?.id}`} class={isForGood(each) ? "cal-error" : ""}>
            {words.conflict(each, at.time_zone)}
          </p>
        ))}
      </div>
      <GuestFields kept={kept} errors={errors} isFinding={around.canSeeCustomers} />
      {problem && (
        <p class="cal-error" role="alert">
          {problem}
        </p>
      )}
      <div class="cal-buttons">
        <button type="submit" class="primary" disabled={isBusy}>
          {texts.book}
        </button>
      </div>
    </form>
  );
}

const changeAt = (resource_id: number, starts_at: string, minutes: number): Change => ({
  resource_id,
  starts_at,
  ends_at: new Date(Date.parse(starts_at) + minutes * MINUTE).toISOString(),
});

/** Returns a short text that depends on a content, so that another content has another key. */
function hashOf(content: unknown): string {
  let hash = 0;
  for (const letter of JSON.stringify(content))
    hash = (Math.imul(hash, 31) + (letter.codePointAt(0) ?? 0)) >>> 0;
  return hash.toString(36);
}
