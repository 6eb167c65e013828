import { expect, it, vi } from "vitest";
import { dayOf, wallTime } from "../../core/localTime";
import { speak } from "../texts";
import { countdown, duration, longDay, price, time, visitorZone, zoneName } from "./format";

it("an instant is written in the zone of the business", () => {
  expect(wallTime("2026-11-25T23:30:00Z", "Europe/Berlin")).toBe("00:30");
  expect(dayOf("2026-11-25T23:30:00Z", "Europe/Berlin")).toBe("2026-11-26");
  expect(time("2026-11-25T23:30:00Z", "UTC")).toMatch(/11:30.PM/);
});

it("on the day the clocks change, wall time follows them", () => {
  expect(wallTime("2026-10-25T00:30:00Z", "Europe/Berlin")).toBe("02:30");
  expect(wallTime("2026-10-25T01:30:00Z", "Europe/Berlin")).toBe("02:30");
  expect(wallTime("2026-10-25T02:30:00Z", "Europe/Berlin")).toBe("03:30");
});

it.each([
  ["Europe/Berlin", "Central European Time"],
  ["America/New_York", "Eastern Time"],
  ["Asia/Calcutta", "India Standard Time"],
  ["Europe/Kiev", "Eastern European Time"],
  ["America/Argentina/Buenos_Aires", "Argentina Standard Time"],
  ["Etc/GMT+5", "GMT-5"],
  ["Etc/UTC", "UTC"],
  ["UTC", "UTC"],
])("the zone %s is called %s, as people call it", (zone, name) => {
  expect(zoneName(zone, Date.parse("2026-07-01"))).toBe(name);
});

it("a visitor whose browser names no zone that exists has none of their own", () => {
  vi.spyOn(Intl.DateTimeFormat.prototype, "resolvedOptions").mockReturnValue({
    timeZone: "Etc/Unknown",
  } as Intl.ResolvedDateTimeFormatOptions);
  expect(visitorZone()).toBeNull();
  vi.restoreAllMocks();
});

it("a day is the same day everywhere", () => {
  expect(longDay("2026-11-25")).toContain("Wednesday");
});

it.each([
  [45, "45 min"],
  [60, "1 h"],
  [90, "1 h 30 min"],
])("%i minutes are %s", (minutes, text) => expect(duration(minutes)).toBe(text));

it.each([
  [180_000, "3:00"],
  [9_001, "0:10"],
  [-5, "0:00"],
])("%i ms left are shown as %s", (left, text) => expect(countdown(left)).toBe(text));

it("a browser whose language is none gets the page all the same", async () => {
  vi.stubGlobal("navigator", { language: "C" });
  vi.resetModules();
  const { time: written } = await import("./format");
  expect(written("2026-11-25T10:00:00Z", "UTC")).toContain("10:00");
  vi.unstubAllGlobals();
});

it("from right to left the letters and the sign of a currency stay one word", async () => {
  await speak("ar");
  expect(price("18", "USD")).toContain("\u2066US$\u2069");
  expect(price("18", "EUR")).not.toContain("\u2066");
  await speak("en");
  expect(price("18", "USD")).not.toContain("\u2066");
});
