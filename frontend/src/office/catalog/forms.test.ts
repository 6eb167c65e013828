import { expect, test } from "vitest";
import { readLength, writeLength, writeNumber, writePrice } from "./amounts";
import { categoriesOf, categoryNames, idsOf } from "./categories";
import { NEW_CLOSURE, readClosure, replaceClosure, writeClosure } from "./closureForm";
import { newResource, readResource, readService, writeResource, writeService } from "./forms";
import { nextSpan, readSpans, writeSpans } from "./hours";
import { merge } from "./merge";
import { moveElement } from "./ordering";
import { writeTranslations } from "./translations";
import type { ClosureTable, ResourceTable, ServiceTable } from "./wire";

const SERVICE: ServiceTable = {
  id: 3,
  name: "Cut",
  duration: 45,
  description: "a\nb",
  buffer_before: 0,
  buffer_after: 15,
  slot_interval: null,
  minimum_notice: 90,
  move_notice: 120,
  cancel_notice: 2880,
  approve_within: null,
  booking_window_days: null,
  price: "48.00",
  price_from: true,
  price_on_request: false,
  capacity: 1,
  reminders: [1440, 30],
  place: null,
  place_kind: "video",
  category: "Hair",
  picture: "0f.jpg",
  resources: [1],
  questions: [
    {
      id: "nuts",
      label: "Nuts?",
      kind: "checkbox",
      required: false,
      choices: [],
      translations: {},
    },
  ],
  terms: "Be on time.",
  translations: { de: { name: "Schnitt" } },
};
const PERSON: ResourceTable = {
  id: 1,
  name: "Mia",
  kind: "staff",
  about: "Cuts",
  picture: "0f.jpg",
  time_zone: null,
  email: null,
  hours: { mon: ["09:00-12:00", "20:00-24:00"] },
  overrides: { "2026-12-24": [], "2026-12-23": ["10:00-12:00"] },
  translations: { ar: { about: "تقص" } },
};

test("translations that are empty are left out", () => {
  const typed = { de: { name: " Schnitt ", description: "" }, ar: { name: " " }, fr: {} };
  expect(writeTranslations(typed)).toEqual({ de: { name: "Schnitt" } });
});

test("what isn't touched goes back as it came", () => {
  const { id: _, ...service } = SERVICE;
  expect(writeService(readService(SERVICE))).toEqual(service);
  const { id: _id, ...person } = PERSON;
  expect(writeResource(readResource(PERSON))).toEqual(person);
});

test("a price is a number, the least, nothing, or told to those who ask", () => {
  const kinds: [Partial<ServiceTable>, string][] = [
    [{ price: "48.00", price_from: false }, "exact"],
    [{ price: null, price_from: false }, "exact"],
    [{ price: "48.00", price_from: true }, "from"],
    [{ price: "0", price_from: false }, "free"],
    [{ price: null, price_from: false, price_on_request: true }, "request"],
  ];
  for (const [said, kind] of kinds) {
    const form = readService({ ...SERVICE, ...said });
    expect(form.price_kind).toBe(kind);
    expect(writeService(form)).toMatchObject(said);
  }
});

test("services are shown by category, in the order of the first of each", () => {
  const part = (id: number, category: string | null) => ({
    table: { ...SERVICE, id, category },
    version: "",
  });
  const services = [part(1, "Hair"), part(2, null), part(3, "Beard"), part(4, "Hair")];
  const categories = categoriesOf(services);
  expect(categories.map(({ name }) => name)).toEqual(["Hair", null, "Beard"]);
  expect(idsOf(categories)).toEqual([1, 4, 2, 3]);
  expect(categoryNames(services)).toEqual(["Hair", "Beard"]);
  expect(idsOf(moveElement(categories, 0, 1))).toEqual([2, 1, 4, 3]);
  expect(moveElement([1, 2], 1, 1)).toEqual([1, 2]);
});

test("letters are asked for only with an address", () => {
  expect(writeResource({ ...newResource(), email: " " })).not.toHaveProperty("letters");
  expect(writeResource({ ...newResource(), email: "a@example.com" }).letters).toHaveLength(4);
});

test("lengths are in the largest unit that fits", () => {
  expect(readLength(2880)).toEqual({ amount: "2", unit: 1440 });
  expect(readLength(90)).toEqual({ amount: "90", unit: 1 });
  expect(readLength(0)).toEqual({ amount: "0", unit: 60 });
  expect(writeLength({ amount: " 3 ", unit: 60 })).toBe(180);
});

test("what is no number is left for the server to refuse", () => {
  expect(writeNumber("1e3")).toBe("1e3");
  expect(writeNumber("-1")).toBe("-1");
  expect(writeLength({ amount: "two", unit: 60 })).toBe("two");
});

test("a price may have a comma, and one decimal", () => {
  expect(["30,5", "30", " ", "30.55"].map(writePrice)).toEqual(["30.50", "30", null, "30.55"]);
});

test("midnight at the end of a day is 24:00", () => {
  const spans = readSpans(["20:00-24:00"]);
  expect(spans).toEqual([{ opens: "20:00", closes: "00:00" }]);
  expect(writeSpans(spans)).toEqual(["20:00-24:00"]);
});

test("the next hours of a day begin after a break", () => {
  expect(nextSpan([])).toEqual({ opens: "09:00", closes: "17:00" });
  expect(nextSpan(readSpans(["09:00-12:30"]))).toEqual({ opens: "13:30", closes: "17:30" });
  expect(nextSpan(readSpans(["20:00-24:00"]))).toEqual({ opens: "", closes: "" });
});

test("both people's changes are in the form, and what was typed wins", () => {
  const base = { name: "a", price: "1", place: "x" };
  const typed = { ...base, price: "2", place: "y" };
  const theirs = { ...base, name: "b", price: "3" };
  expect(merge(base, typed, theirs)).toEqual({
    form: { name: "b", price: "2", place: "y" },
    contested: ["price"],
  });
});

test("a closure is whole days, or has times", () => {
  const days: ClosureTable = { from: "2026-12-24", to: "2026-12-26", resource: null, reason: "" };
  const times = { ...days, from: "2026-12-24T10:00", to: "2026-12-24T11:00", resource: 2 };
  for (const closure of [days, times]) {
    expect(writeClosure(readClosure(closure))).toEqual(closure);
  }
  const oneDay = writeClosure({ ...NEW_CLOSURE, firstDay: "2026-12-24" });
  expect(oneDay).toMatchObject({ from: "2026-12-24", to: "2026-12-24" });
  expect(replaceClosure([days, times], times, null)).toEqual([days]);
  expect(replaceClosure([days], days, times)).toEqual([times]);
  expect(replaceClosure([days], null, times)).toEqual([days, times]);
});
