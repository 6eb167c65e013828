import { describe, expect, it } from "vitest";
import { column } from "./testing";
import { clockOf, dayIn, instantAt, instantOf, isDay, lengthOf, minutesOf, weekOf } from "./time";

const berlin = (day: string, starts_at: string, ends_at: string) =>
  column(1, [], { day, time_zone: "Europe/Berlin", starts_at, ends_at });
const spring = berlin("2027-03-28", "2027-03-27T23:00:00Z", "2027-03-28T22:00:00Z");
const autumn = berlin("2027-10-31", "2027-10-30T22:00:00Z", "2027-10-31T23:00:00Z");

describe("times on a column", () => {
  it("are minutes since its day began, also when the clock changes", () => {
    expect([lengthOf(spring), lengthOf(autumn)]).toEqual([1380, 1500]);
    expect(minutesOf(spring, "2027-03-28T01:00:00Z")).toBe(120);
    expect(instantAt(autumn, 1500)).toBe("2027-10-31T23:00:00Z");
  });

  it("are found by the clock: the first time of a repeated hour, none of a skipped one", () => {
    expect(instantOf(spring, "02:30")).toBeNull();
    expect(instantOf(spring, "10:00")).toBe("2027-03-28T08:00:00Z");
    expect(instantOf(autumn, "02:30")).toBe("2027-10-31T00:30:00Z");
    expect(instantOf(autumn, "10:00")).toBe("2027-10-31T09:00:00Z");
    expect(instantOf(autumn, "23:45")).toBe("2027-10-31T22:45:00Z");
    for (const clock of ["00:00", "9:05", "23:59"]) {
      const instant = instantOf(autumn, clock);
      expect(instant && clockOf(instant, "Europe/Berlin")).toBe(clock.padStart(5, "0"));
    }
    expect(instantOf(autumn, "ten")).toBeNull();
  });

  it("know weeks and days", () => {
    expect(weekOf("2026-12-06")).toBe("2026-11-30");
    expect(weekOf("2026-11-30")).toBe("2026-11-30");
    expect(dayIn(Date.parse("2026-12-07T23:30:00Z"), "Europe/Berlin")).toBe("2026-12-08");
    expect([isDay("2026-02-29"), isDay("2028-02-29"), isDay("x")]).toEqual([false, true, false]);
  });
});
