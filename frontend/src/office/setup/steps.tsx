import { AccentField } from "../appearance/AccentField";
import * as appearanceTexts from "../appearance/texts";
import { useAppearance } from "../appearance/useAppearance";
import { Field } from "../components/Field";
import { PictureField } from "../components/PictureField";
import { Select } from "../components/Select";
import * as texts from "../texts";
import { type Draft, type Hours, WEEKDAYS, type Weekday } from "./draft";
import type { Setup } from "./SetupPage";

interface StepProps {
  draft: Draft;
  setup: Setup;
  /** The faults by the key in the tables, like `resources.0.hours.mon`. */
  faults: Record<string, string>;
  onChange(part: Partial<Draft>): void;
}

const asOptions = (values: readonly string[]) =>
  values.map((value) => ({ value, text: value.replaceAll("_", " ") }));

/** Returns the values that the browser knows, and the chosen one, which it may not know. */
const listKnown = (kind: "timeZone" | "currency", chosen: string) => [
  ...new Set([chosen, ...Intl.supportedValuesOf(kind)]),
];

export function BusinessStep({ draft, setup, faults, onChange }: StepProps) {
  const { business } = draft;
  const change = (part: Partial<Draft["business"]>) =>
    onChange({ business: { ...business, ...part } });
  const shown = useAppearance({ accent: business.accent.trim(), radius: 10, font: "system" });
  return (
    <>
      <h1>{texts.yourBusiness}</h1>
      <Field
        name="business.name"
        label={texts.businessName}
        hint={texts.businessNameHint}
        autocomplete="organization"
        value={business.name}
        error={faults["business.name"]}
        onChange={(name) => change({ name })}
      />
      <Select
        name="business.time_zone"
        label={texts.timeZone}
        value={business.time_zone}
        options={asOptions(listKnown("timeZone", business.time_zone))}
        error={faults["business.time_zone"]}
        onChange={(time_zone) => change({ time_zone })}
      />
      <Select
        name="business.currency"
        label={texts.currency}
        value={business.currency}
        options={asOptions(listKnown("currency", business.currency))}
        error={faults["business.currency"]}
        onChange={(currency) => change({ currency })}
      />
      <Select
        name="business.language"
        label={texts.languageOfBusiness}
        hint={texts.languageOfBusinessHint}
        value={business.language}
        options={setup.languages.map((tag) => ({ value: tag, text: languageName(tag) }))}
        error={faults["business.language"]}
        onChange={(language) => change({ language })}
      />
      <AccentField
        name="business.accent"
        value={business.accent}
        adjustments={shown?.adjustments ?? []}
        error={faults["business.accent"]}
        onChange={(accent) => change({ accent })}
      />
      <PictureField
        name="business.logo"
        label={appearanceTexts.logo}
        hint={appearanceTexts.logoHint}
        value={business.logo}
        error={faults["business.logo"]}
        onChange={(logo) => change({ logo })}
      />
    </>
  );
}

const languageName = (tag: string) =>
  new Intl.DisplayNames([tag], { type: "language" }).of(tag) ?? tag;

export function PersonStep({ draft, faults, onChange }: StepProps) {
  const { person } = draft;
  const changeHours = (hours: Hours) => onChange({ person: { ...person, hours } });
  return (
    <>
      <h1>{texts.firstPerson}</h1>
      <Field
        name="resources.0.name"
        label={texts.personName}
        hint={texts.personHint}
        value={person.name}
        error={faults["resources.0.name"]}
        onChange={(name) => onChange({ person: { ...person, name } })}
      />
      <fieldset class="choices">
        <legend class="label">{texts.hours}</legend>
        {WEEKDAYS.map((day) => (
          <DayHours
            key={day}
            day={day}
            hours={person.hours}
            error={faultOfDay(faults, day)}
            onChange={changeHours}
          />
        ))}
        <SameHours hours={person.hours} onChange={changeHours} />
      </fieldset>
    </>
  );
}

/** The button that gives all open days the hours of the first one, if some have other hours. */
function SameHours({ hours, onChange }: { hours: Hours; onChange(hours: Hours): void }) {
  const open = WEEKDAYS.filter((day) => hours[day] !== null);
  const [first] = open;
  const wanted = first ? hours[first] : null;
  const isSame = (day: Weekday) =>
    hours[day]?.opens === wanted?.opens && hours[day]?.closes === wanted?.closes;
  if (!first || open.every(isSame)) return null;
  const copy = () =>
    onChange({ ...hours, ...Object.fromEntries(open.map((day) => [day, wanted])) });
  return (
    <button type="button" class="quiet-button" onClick={copy}>
      {texts.sameOnOtherDays(texts.weekdays[first])}
    </button>
  );
}

/** Returns the fault in the hours of a day. */
const faultOfDay = (faults: Record<string, string>, day: Weekday) =>
  Object.entries(faults).find(([field]) => field.startsWith(`resources.0.hours.${day}`))?.[1];

interface DayHoursProps {
  day: Weekday;
  hours: Hours;
  error: string | undefined;
  onChange(hours: Hours): void;
}

function DayHours({ day, hours, error, onChange }: DayHoursProps) {
  const open = hours[day];
  const name = texts.weekdays[day];
  const input = (edge: "opens" | "closes") =>
    open && (
      <input
        type="time"
        list={undefined}
        name={`resources.0.hours.${day}`}
        aria-label={texts.edgeOfDay(name, edge)}
        aria-invalid={error ? true : undefined}
        aria-describedby={error ? `${day}-error` : undefined}
        value={open[edge]}
        onInput={(event) =>
          onChange({ ...hours, [day]: { ...open, [edge]: event.currentTarget.value } })
        }
      />
    );
  const toggle = () =>
    onChange({ ...hours, [day]: open ? null : { opens: "09:00", closes: "17:00" } });
  return (
    <div class="day-hours">
      <label>
        <input type="checkbox" checked={open !== null} onChange={toggle} />
        {name}
      </label>
      {open ? (
        <span class="span">
          {input("opens")}–{input("closes")}
        </span>
      ) : (
        <span class="quiet">{texts.closed}</span>
      )}
      {error && (
        <p id={`${day}-error`} class="field-error">
          {error}
        </p>
      )}
    </div>
  );
}

export function ServiceStep({ draft, faults, onChange }: StepProps) {
  const { service, business } = draft;
  const change = (part: Partial<Draft["service"]>) =>
    onChange({ service: { ...service, ...part } });
  return (
    <>
      <h1>{texts.firstService}</h1>
      <Field
        name="services.0.name"
        label={texts.serviceName}
        hint={texts.serviceHint}
        value={service.name}
        error={faults["services.0.name"]}
        onChange={(name) => change({ name })}
      />
      <Field
        name="services.0.duration"
        label={texts.minutes}
        inputMode="numeric"
        value={service.duration}
        error={faults["services.0.duration"]}
        onChange={(duration) => change({ duration })}
      />
      <Field
        name="services.0.price"
        label={texts.priceIn(business.currency)}
        isOptional
        value={service.price}
        error={faults["services.0.price"]}
        onChange={(price) => change({ price })}
      />
    </>
  );
}
