/**
 * Converts the tables of the catalog into forms, in which everything is as it is typed, and back.
 */

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
import { type QuestionForm, readQuestions, writeQuestions } from "./questions";
import { type Translations, writeTranslations } from "./translations";
import {
  type BusinessTable,
  type Kind,
  LETTERS,
  type Letter,
  type PlaceKind,
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
  phone: string;
  place: string;
  letters: Letter[];
  reminders: Length[];
  language: string;
  terms: string;
  translations: Translations;
}

export const readBusiness = (table: BusinessTable): BusinessForm => ({
  ...table,
  country: table.country ?? "",
  email: table.email ?? "",
  phone: table.phone ?? "",
  place: table.place ?? "",
  terms: table.terms ?? "",
  slot_interval: String(table.slot_interval),
  reminders: table.reminders.map(readLength),
});

export const writeBusiness = (form: BusinessForm) => ({
  ...form,
  name: form.name.trim(),
  country: writeTextOrNull(form.country),
  email: writeTextOrNull(form.email),
  phone: writeTextOrNull(form.phone),
  place: writeTextOrNull(form.place),
  terms: writeTextOrNull(form.terms),
  slot_interval: writeNumber(form.slot_interval),
  reminders: form.reminders.map(writeLength),
  translations: writeTranslations(form.translations),
});

export const PRICE_KINDS = ["exact", "from", "free", "request"] as const;
/**
 * What the catalog says about a price: it is exact, it is the least, there is none to pay, or it is
 * told on request.
 */
export type PriceKind = (typeof PRICE_KINDS)[number];

export interface ServiceForm {
  name: string;
  description: string;
  category: string;
  picture: string | null;
  duration: string;
  price_kind: PriceKind;
  price: string;
  resources: number[];
  place_kind: PlaceKind;
  place: string;
  capacity: string;
  buffer_before: string;
  buffer_after: string;
  slot_interval: string;
  minimum_notice: Length;
  booking_window_days: string;
  move_notice: Length;
  cancel_notice: Length;
  /** The time within which a booking has to be approved, or null if it need not be. */
  approve_within: Length | null;
  /** The reminders, or null for those of the business. */
  reminders: Length[] | null;
  questions: QuestionForm[];
  /** The terms, or "" for those of the business. */
  terms: string;
  translations: Translations;
}

const textOf = (value: string | number | null) => (value === null ? "" : String(value));

function priceKindOf(table: ServiceTable): PriceKind {
  if (table.price_on_request) return "request";
  if (table.price_from) return "from";
  return table.price !== null && Number(table.price) === 0 ? "free" : "exact";
}

function writePriceOfKind({ price_kind, price }: ServiceForm) {
  const isTyped = price_kind === "exact" || price_kind === "from";
  return {
    price: isTyped ? writePrice(price) : price_kind === "free" ? "0" : null,
    price_from: price_kind === "from",
    price_on_request: price_kind === "request",
  };
}

export const readService = (table: ServiceTable): ServiceForm => ({
  name: table.name,
  description: table.description,
  category: textOf(table.category),
  picture: table.picture,
  duration: String(table.duration),
  price_kind: priceKindOf(table),
  price: textOf(table.price),
  resources: table.resources,
  place_kind: table.place_kind,
  place: textOf(table.place),
  capacity: String(table.capacity),
  buffer_before: String(table.buffer_before),
  buffer_after: String(table.buffer_after),
  slot_interval: textOf(table.slot_interval),
  minimum_notice: readLength(table.minimum_notice),
  booking_window_days: textOf(table.booking_window_days),
  move_notice: readLength(table.move_notice),
  cancel_notice: readLength(table.cancel_notice),
  approve_within: table.approve_within === null ? null : readLength(table.approve_within),
  reminders: table.reminders?.map(readLength) ?? null,
  questions: readQuestions(table.questions),
  terms: textOf(table.terms),
  translations: table.translations,
});

export const writeService = (form: ServiceForm) => ({
  name: form.name.trim(),
  description: form.description.trim(),
  category: writeTextOrNull(form.category),
  picture: form.picture,
  duration: writeNumber(form.duration),
  ...writePriceOfKind(form),
  resources: form.resources,
  place_kind: form.place_kind,
  place: writeTextOrNull(form.place),
  capacity: writeNumber(form.capacity),
  buffer_before: writeNumber(form.buffer_before || "0"),
  buffer_after: writeNumber(form.buffer_after || "0"),
  slot_interval: writeNumberOrNull(form.slot_interval),
  minimum_notice: writeLength(form.minimum_notice),
  booking_window_days: writeNumberOrNull(form.booking_window_days),
  move_notice: writeLength(form.move_notice),
  cancel_notice: writeLength(form.cancel_notice),
  approve_within: form.approve_within && writeLength(form.approve_within),
  reminders: form.reminders?.map(writeLength) ?? null,
  questions: writeQuestions(form.questions),
  terms: writeTextOrNull(form.terms),
  translations: writeTranslations(form.translations),
});

export const NEW_SERVICE: ServiceForm = {
  name: "",
  description: "",
  category: "",
  picture: null,
  duration: "30",
  price_kind: "exact",
  price: "",
  resources: [],
  place_kind: "address",
  place: "",
  capacity: "1",
  buffer_before: "0",
  buffer_after: "0",
  slot_interval: "",
  minimum_notice: { amount: "0", unit: 60 },
  booking_window_days: "60",
  move_notice: { amount: "0", unit: 60 },
  cancel_notice: { amount: "0", unit: 60 },
  approve_within: null,
  reminders: null,
  questions: [],
  terms: "",
  translations: {},
};

export interface Override {
  day: string;
  spans: Span[];
}

export interface ResourceForm {
  name: string;
  kind: Kind;
  about: string;
  picture: string | null;
  time_zone: string;
  email: string;
  letters: Letter[];
  hours: Record<Weekday, Span[]>;
  overrides: Override[];
  translations: Translations;
}

const weekOf = (spansOf: (day: Weekday) => Span[]) =>
  Object.fromEntries(WEEKDAYS.map((day) => [day, spansOf(day)])) as Record<Weekday, Span[]>;

export const readResource = (table: ResourceTable): ResourceForm => ({
  name: table.name,
  kind: table.kind,
  about: table.about,
  picture: table.picture,
  time_zone: table.time_zone ?? "",
  email: table.email ?? "",
  letters: table.letters ?? [...LETTERS],
  hours: weekOf((day) => readSpans(table.hours[day] ?? [])),
  overrides: Object.entries(table.overrides).map(([day, hours]) => ({
    day,
    spans: readSpans(hours),
  })),
  translations: table.translations,
});

export function writeResource(form: ResourceForm) {
  const email = writeTextOrNull(form.email);
  return {
    name: form.name.trim(),
    kind: form.kind,
    about: form.about.trim(),
    picture: form.picture,
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
    translations: writeTranslations(form.translations),
  };
}

const isWorkday = (day: Weekday) => day !== "sat" && day !== "sun";

export const newResource = (): ResourceForm => ({
  name: "",
  kind: "staff",
  about: "",
  picture: null,
  time_zone: "",
  email: "",
  letters: [...LETTERS],
  hours: weekOf((day) => (isWorkday(day) ? [{ opens: "09:00", closes: "17:00" }] : [])),
  overrides: [],
  translations: {},
});
