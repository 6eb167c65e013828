import { expect, test } from "vitest";
import { newDraft, tablesOf } from "./draft";

const draft = newDraft("Olga", ["en", "de"]);

test("the tables grow with the steps", () => {
  expect(tablesOf(draft, 1).resources).toEqual([]);
  const [person] = tablesOf(draft, 2).resources;
  expect(person?.name).toBe("Olga");
  expect(Object.keys(person?.hours ?? {})).toEqual(["mon", "tue", "wed", "thu", "fri"]);
  expect(person?.hours.mon).toEqual(["09:00-17:00"]);
});

test("a price may have a comma, or be missing", () => {
  const priced = { ...draft, service: { name: "Cut", duration: "45", price: " 30,50 " } };
  expect(tablesOf(priced, 3).services[0]).toMatchObject({ duration: 45, price: "30.50" });
  expect(tablesOf(draft, 3).services[0]).not.toHaveProperty("price");
});
