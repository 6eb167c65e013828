import { useState } from "react";
import { Dialog } from "../components/Dialog";
import { Choices } from "./fields";
import { nextSpan, type Span } from "./hours";
import * as texts from "./texts";
import { WEEKDAYS, type Weekday } from "./wire";

type Week = Record<Weekday, Span[]>;

interface HoursEditorProps {
  week: Week;
  faults: Record<string, string>;
  onChange(week: Week): void;
}

/**
 * The editor for weekly hours. A day can have several intervals, and other days can get the same
 * hours.
 */
export function HoursEditor({ week, faults, onChange }: HoursEditorProps) {
  const [copied, setCopied] = useState<Weekday | null>(null);
  return (
    <div class="week">
      {WEEKDAYS.map((day) => (
        <fieldset class="week-day" key={day} aria-label={texts.weekdays[day]}>
          <p class="week-name">{texts.weekdays[day]}</p>
          <Spans
            name={`hours.${day}`}
            day={texts.weekdays[day]}
            spans={week[day]}
            error={faultAt(faults, `hours.${day}`)}
            onChange={(spans) => onChange({ ...week, [day]: spans })}
          />
          <button
            type="button"
            class="quiet-button"
            aria-label={texts.copyFrom(texts.weekdays[day])}
            onClick={() => setCopied(day)}
          >
            {texts.copy}
          </button>
        </fieldset>
      ))}
      {copied && (
        <CopyDialog
          from={copied}
          onClose={() => setCopied(null)}
          onCopy={(days) => {
            const same = Object.fromEntries(days.map((day) => [day, week[copied]]));
            onChange({ ...week, ...same });
            setCopied(null);
          }}
        />
      )}
    </div>
  );
}

/** Returns the fault of a field, or of one of the hours in it. */
export const faultAt = (faults: Record<string, string>, path: string) =>
  Object.entries(faults).find(([field]) => field === path || field.startsWith(`${path}.`))?.[1];

interface SpansProps {
  name: string;
  day: string;
  spans: readonly Span[];
  error: string | undefined;
  onChange(spans: Span[]): void;
}

/** The editor for the opening hours of one day. */
export function Spans({ name, day, spans, error, onChange }: SpansProps) {
  const input = (index: number, edge: "opens" | "closes") => (
    <input
      type="time"
      list={undefined}
      name={name}
      aria-label={(edge === "opens" ? texts.opens : texts.closes)(day, index + 1)}
      aria-invalid={error ? true : undefined}
      value={spans[index]?.[edge] ?? ""}
      onInput={(event) => {
        const changed = { [edge]: event.currentTarget.value };
        onChange(spans.map((each, at) => (at === index ? { ...each, ...changed } : each)));
      }}
    />
  );
  return (
    <div class="spans">
      {spans.length === 0 && <p class="quiet">{texts.closed}</p>}
      {spans.map((_, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: hours are what their place in the day is.
        <div class="span" key={index}>
          {input(index, "opens")}–{input(index, "closes")}
          <button
            type="button"
            class="quiet-button danger"
            aria-label={texts.removeSpan(day, index + 1)}
            onClick={() => onChange(spans.filter((_each, at) => at !== index))}
          >
            <span aria-hidden="true">×</span>
          </button>
        </div>
      ))}
      <button
        type="button"
        class="quiet-button"
        aria-label={texts.addSpanTo(day)}
        onClick={() => onChange([...spans, nextSpan(spans)])}
      >
        {texts.addSpan}
      </button>
      {error && <p class="field-error">{error}</p>}
    </div>
  );
}

interface CopyDialogProps {
  from: Weekday;
  onClose(): void;
  onCopy(days: Weekday[]): void;
}

function CopyDialog({ from, onClose, onCopy }: CopyDialogProps) {
  const others = WEEKDAYS.filter((day) => day !== from);
  const [days, setDays] = useState<Weekday[]>(
    others.filter((day) => day !== "sat" && day !== "sun"),
  );
  return (
    <Dialog title={texts.copyFrom(texts.weekdays[from])} onClose={onClose}>
      <Choices
        name="days"
        legend={texts.copyTo}
        options={others.map((day) => ({ value: day, text: texts.weekdays[day] }))}
        chosen={days}
        onChange={setDays}
      />
      <div class="buttons">
        <button type="button" class="primary" onClick={() => onCopy(days)}>
          {texts.doCopy}
        </button>
        <button type="button" class="secondary" onClick={onClose}>
          {texts.cancel}
        </button>
      </div>
    </Dialog>
  );
}
