import { expect, it } from "vitest";
import { monthDays, rowOf } from "./monthDays";

it("a month shows its own days", () => {
  const days = monthDays("2026-12", "2026-11-29");
  expect(days).toHaveLength(31);
  expect([days[0], days.at(-1)]).toEqual(["2026-12-01", "2026-12-31"]);
  expect(rowOf("2026-12-01", days)).toBe(1);
  expect(rowOf("2026-12-31", days)).toBe(5);
});

it("a month that is nearly over goes on into the next", () => {
  const days = monthDays("2026-11", "2026-11-18");
  expect(days).toHaveLength(42);
  expect(days).toContain("2026-11-18");
  expect(days).toContain("2026-12-20");
  expect(rowOf(days[41] ?? "", days)).toBe(6);
});

it("a month with two weeks left doesn't", () => {
  expect(monthDays("2026-11", "2026-11-17")).toHaveLength(30);
});
