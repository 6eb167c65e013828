/** The tables of the catalog as forms, where everything is as it is typed, and back. */
import {
  type Length,
  readLength,
  writeLength,
  writeNumber,
  writeNumberOrNull,
  writePrice,
  writeTextOrNull,
} from "./amounts";
import { readSpans, type Span, writeSpans } from "./hours";
import {
  type BusinessTable,
  type Kind,
  LETTERS,
  type Letter,
  type ResourceTable,
  type ServiceTable,
  WEEKDAYS,
  type Weekday,
} from "./wire";

export interface BusinessForm {
  name: string;
  time_zone: string;
  country: string;
  currency: string;
  slot_interval: string;
  email: string;
  letters: Letter[];
  reminders: Length[];
  language: string;
}

export const readBusiness = (table: BusinessTable): BusinessForm => ({
  ...table,
  country: table.country ?? "",
  email: table.email ?? "",
  slot_interval: String(table.slot_interval),
  reminders: table.reminders.map(readLength),
});

export const writeBusiness = (form: BusinessForm) => ({
  ...form,
  name: form.name.trim(),
  country: writeTextOrNull(form.country),
  email: writeTextOrNull(form.email),
  slot_interval: writeNumber(form.slot_interval),
  reminders: form.reminders.map(writeLength),
});

export interface ServiceForm {
  name: string;
  description: string;
  duration: string;
  price: string;
  resources: number[];
  place: string;
  capacity: string;
  buffer_before: string;
  buffer_after: string;
  slot_interval: string;
  minimum_notice: Length;
  booking_window_days: string;
  move_notice: Length;
  cancel_notice: Length;
  /** Null: those of the business. */
  reminders: Length[] | null;
}

const textOf = (value: string | number | null) => (value === null ? "" : String(value));

export const readService = (table: ServiceTable): ServiceForm => ({
  name: table.name,
  description: table.description,
  duration: String(table.duration),
  price: textOf(table.price),
  resources: table.resources,
  place: textOf(table.place),
  capacity: String(table.capacity),
  buffer_before: String(table.buffer_before),
  buffer_after: String(table.buffer_after),
  slot_interval: textOf(table.slot_interval),
  minimum_notice: readLength(table.minimum_notice),
  booking_window_days: textOf(table.booking_window_days),
  move_notice: readLength(table.move_notice),
  cancel_notice: readLength(table.cancel_notice),
  reminders: table.reminders?.map(readLength) ?? null,
});

export const writeService = (form: ServiceForm) => ({
  name: form.name.trim(),
  description: form.description.trim(),
  duration: writeNumber(form.duration),
  price: writePrice(form.price),
  resources: form.resources,
  place: writeTextOrNull(form.place),
  capacity: writeNumber(form.capacity),
  buffer_before: writeNumber(form.buffer_before || "0"),
  buffer_after: writeNumber(form.buffer_after || "0"),
  slot_interval: writeNumberOrNull(form.slot_interval),
  minimum_notice: writeLength(form.minimum_notice),
  booking_window_days: writeNumberOrNull(form.booking_window_days),
  move_notice: writeLength(form.move_notice),
  cancel_notice: writeLength(form.cancel_notice),
  reminders: form.reminders?.map(writeLength) ?? null,
});

export const NEW_SERVICE: ServiceForm = {
  name: "",
  description: "",
  duration: "30",
  price: "",
  resources: [],
  place: "",
  capacity: "1",
  buffer_before: "0",
  buffer_after: "0",
  slot_interval: "",
  minimum_notice: { amount: "0", unit: 60 },
  booking_window_days: "60",
  move_notice: { amount: "0", unit: 60 },
  cancel_notice: { amount: "0", unit: 60 },
  reminders: null,
};

export interface Override {
  day: string;
  spans: Span[];
}

export interface ResourceForm {
  name: string;
  kind: Kind;
  time_zone: string;
  email: string;
  letters: Letter[];
  hours: Record<Weekday, Span[]>;
  overrides: Override[];
}

const weekOf = (spansOf: (day: Weekday) => Span[]) =>
  Object.fromEntries(WEEKDAYS.map((day) => [day, spansOf(day)])) as Record<Weekday, Span[]>;

export const readResource = (table: ResourceTable): ResourceForm => ({
  name: table.name,
  kind: table.kind,
  time_zone: table.time_zone ?? "",
  email: table.email ?? "",
  letters: table.letters ?? [...LETTERS],
  hours: weekOf((day) => readSpans(table.hours[day] ?? [])),
  overrides: Object.entries(table.overrides).map(([day, hours]) => ({
    day,
    spans: readSpans(hours),
  })),
});

export function writeResource(form: ResourceForm) {
  const email = writeTextOrNull(form.email);
  return {
    name: form.name.trim(),
    kind: form.kind,
    time_zone: writeTextOrNull(form.time_zone),
    email,
    ...(email === null ? {} : { letters: form.letters }),
    hours: Object.fromEntries(
      WEEKDAYS.filter((day) => form.hours[day].length > 0).map((day) => [
        day,
        writeSpans(form.hours[day]),
      ]),
    ),
    overrides: Object.fromEntries(
      form.overrides
        .filter(({ day }) => day !== "")
        .map(({ day, spans }) => [day, writeSpans(spans)]),
    ),
  };
}

const isWorkday = (day: Weekday) => day !== "sat" && day !== "sun";

export const newResource = (): ResourceForm => ({
  name: "",
  kind: "staff",
  time_zone: "",
  email: "",
  letters: [...LETTERS],
  hours: weekOf((day) => (isWorkday(day) ? [{ opens: "09:00", closes: "17:00" }] : [])),
  overrides: [],
});
