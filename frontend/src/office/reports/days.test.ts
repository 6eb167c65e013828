import { expect, test } from "vitest";
import { addDays, barsOf, countDays, presetOf, rangeOf, readRange, todayIn } from "./days";

test("presets are whole weeks, months and years of the calendar", () => {
  const today = "2026-03-01";
  expect(rangeOf("week", today)).toEqual({ from: "2026-02-23", to: "2026-03-01" });
  expect(rangeOf("week", "2026-03-02")).toEqual({ from: "2026-03-02", to: "2026-03-08" });
  expect(rangeOf("last30", today)).toEqual({ from: "2026-01-31", to: today });
  expect(rangeOf("month", today)).toEqual({ from: "2026-03-01", to: "2026-03-31" });
  expect(rangeOf("lastMonth", today)).toEqual({ from: "2026-02-01", to: "2026-02-28" });
  expect(rangeOf("lastMonth", "2026-01-31")).toEqual({ from: "2025-12-01", to: "2025-12-31" });
  expect(rangeOf("year", today)).toEqual({ from: "2026-01-01", to: "2026-12-31" });
  expect(presetOf(rangeOf("lastMonth", today), today)).toBe("lastMonth");
  expect(presetOf({ from: today, to: today }, today)).toBeUndefined();
});

test("today is a day of the business, not of the browser", () => {
  const now = new Date("2026-03-01T23:30:00Z");
  expect(todayIn("Europe/Berlin", now)).toBe("2026-03-02");
  expect(todayIn("America/New_York", now)).toBe("2026-03-01");
});

test("what is no range is none", () => {
  expect(readRange("2026-05-01", "2026-05-01")).toEqual({ from: "2026-05-01", to: "2026-05-01" });
  for (const [from, to] of [
    ["2026-05-02", "2026-05-01"],
    ["", "2026-05-01"],
    [null, "2026-05-01"],
    ["2026-13-01", "2026-13-02"],
    ["<b>", "x"],
  ] as const) {
    expect(readRange(from, to)).toBeNull();
  }
});

test("bars stand for days, weeks or months, and lose nothing", () => {
  for (const [length, bars] of [
    [7, 7],
    [93, 93],
    [365, 53],
    [800, 27],
  ] as const) {
    const days = Array.from({ length }, (_, number) => ({
      day: addDays("2026-01-01", number),
      booked: 1,
      cancelled: 2,
    }));
    const found = barsOf(days);
    expect(found.length).toBe(bars);
    expect(found.reduce((sum, bar) => sum + bar.booked, 0)).toBe(length);
    expect(found.reduce((sum, bar) => sum + bar.cancelled, 0)).toBe(2 * length);
    expect(found.reduce((sum, bar) => sum + countDays(bar), 0)).toBe(length);
  }
});
