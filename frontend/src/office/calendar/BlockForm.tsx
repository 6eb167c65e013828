import { useState } from "react";
import { problemOf } from "./actions";
import { Labelled, valuesOf } from "./fields";
import { type NewEntryProps, PersonField } from "./formFields";
import * as texts from "./texts";
import { clockOf, instantOf, MINUTE } from "./time";

/** The form that closes a time, so that nobody can book it. */
export function BlockForm({ around, column, starts_at, ends_at, onClose }: NewEntryProps) {
  const zone = column.time_zone;
  const end = ends_at ?? new Date(Date.parse(starts_at) + 60 * MINUTE).toISOString();
  const isNextDay = Date.parse(end) >= Date.parse(column.ends_at);
  const [resource, setResource] = useState(column.resource_id);
  const [problem, setProblem] = useState<string | null>(null);
  const [isBusy, setBusy] = useState(false);

  const save = async (event: SubmitEvent) => {
    event.preventDefault();
    const { from = "", until = "", reason = "" } = valuesOf(event.currentTarget as HTMLFormElement);
    const first = instantOf(column, from);
    const last = until === "00:00" ? column.ends_at : instantOf(column, until);
    if (first === null || last === null) return setProblem(texts.noSuchTime);
    if (Date.parse(last) <= Date.parse(first)) return setProblem(texts.endsTooEarly);
    setBusy(true);
    try {
      const wanted = { resource_id: resource || null, starts_at: first, ends_at: last, reason };
      await around.block(wanted);
      onClose();
    } catch (error) {
      setBusy(false);
      setProblem(problemOf(error));
    }
  };

  return (
    <form class="cal-form" onSubmit={save}>
      <div class="cal-row">
        <PersonField
          around={around}
          value={resource}
          withBusiness={around.canCloseBusiness}
          onChange={setResource}
        />
        <Labelled label={texts.from}>
          {(field) => (
            <input
              {...field}
              type="time"
              name="from"
              required
              defaultValue={clockOf(starts_at, zone)}
            />
          )}
        </Labelled>
        <Labelled label={texts.until}>
          {(field) => (
            <input
              {...field}
              type="time"
              name="until"
              required
              defaultValue={isNextDay ? "00:00" : clockOf(end, zone)}
            />
          )}
        </Labelled>
      </div>
      <p class="quiet cal-when">{around.words.times.longDay(column.day)}</p>
      <Labelled label={texts.reason} isOptional>
        {(field) => <input {...field} type="text" name="reason" maxLength={200} dir="auto" />}
      </Labelled>
      {problem && (
        <p class="cal-error" role="alert">
          {problem}
        </p>
      )}
      <div class="cal-buttons">
        <button type="submit" class="primary" disabled={isBusy}>
          {texts.block}
        </button>
      </div>
    </form>
  );
}
