import { expect, it } from "vitest";
import { addDays, addMonths, daysOf, lastDayOf, weekdayOf } from "./calendar";

it("days go over months, years and leap days", () => {
  expect(addDays("2026-12-31", 1)).toBe("2027-01-01");
  expect(addDays("2028-02-28", 1)).toBe("2028-02-29");
  expect(addDays("2026-03-01", -1)).toBe("2026-02-28");
});

it("months go over years", () => {
  expect(addMonths("2026-12", 1)).toBe("2027-01");
  expect(addMonths("2026-01", -1)).toBe("2025-12");
});

it("a month has its days", () => {
  expect(daysOf("2026-11")).toHaveLength(30);
  expect(lastDayOf("2028-02")).toBe("2028-02-29");
  expect(weekdayOf("2026-11-25")).toBe(3);
});
