import { useState } from "react";
import { Field } from "../components/Field";
import { Select } from "../components/Select";
import { type DayRange, PRESETS, type Preset, presetOf, rangeOf, readRange } from "./days";
import * as words from "./texts";

interface RangeProps {
  range: DayRange;
  today: string;
  onChange(range: DayRange): void;
}

/** The form for the range of days of the reports: a named range, or a first and a last day. */
export function RangeForm({ range, today, onChange }: RangeProps) {
  const [typed, setTyped] = useState<DayRange>(range);
  const [shown, setShown] = useState(range);
  if (shown.from !== range.from || shown.to !== range.to) {
    setShown(range);
    setTyped(range);
  }
  const type = (change: Partial<DayRange>) => {
    const now = { ...typed, ...change };
    setTyped(now);
    const found = readRange(now.from, now.to);
    if (found) onChange(found);
  };
  const isBackwards = typed.from !== "" && typed.to !== "" && typed.from > typed.to;
  const present = presetOf(range, today);
  return (
    <div class="range">
      <Select
        name="preset"
        label={words.range}
        value={present ?? "other"}
        options={(present ? PRESETS : [...PRESETS, "other" as const]).map((value) => ({
          value,
          text: words.presets[value],
        }))}
        onChange={(value) => value !== "other" && onChange(rangeOf(value as Preset, today))}
      />
      <Field
        name="from"
        type="date"
        label={words.from}
        value={typed.from}
        error={isBackwards ? words.fromAfterTo : undefined}
        onChange={(from) => type({ from })}
      />
      <Field
        name="to"
        type="date"
        label={words.to}
        value={typed.to}
        onChange={(to) => type({ to })}
      />
      <button type="button" class="secondary" onClick={() => print()}>
        {words.print}
      </button>
    </div>
  );
}
