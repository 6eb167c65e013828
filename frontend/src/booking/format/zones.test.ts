import { afterEach, expect, it } from "vitest";
import { speak } from "../texts";
import {
  cityOf,
  dayShift,
  formatInOtherZone,
  minutesAhead,
  whereabouts,
  zoneInWords,
} from "./zones";

const NOON = "2026-12-02T12:00:00Z";

afterEach(() => speak("en"));

it.each([
  ["Europe/Berlin", "Berlin time"],
  ["America/Argentina/Buenos_Aires", "Buenos Aires time"],
  ["Asia/Calcutta", "Kolkata time"],
  ["Etc/GMT+5", "GMT-5"],
  ["Etc/UTC", "UTC"],
  ["UTC", "UTC"],
])("%s is %s", (zone, words) => expect(zoneInWords(zone)).toBe(words));

it.each([
  ["Asia/Tokyo", "Europe/Berlin", 480],
  ["America/New_York", "Europe/Berlin", -360],
  ["Asia/Kathmandu", "UTC", 345],
  ["Europe/Paris", "Europe/Berlin", 0],
  ["Pacific/Kiritimati", "Pacific/Honolulu", 1440],
])("the clock of %s is ahead of that of %s by %i minutes", (zone, other, minutes) =>
  expect(minutesAhead(zone, other, NOON)).toBe(minutes),
);

it.each([
  ["Asia/Tokyo", "2026-12-02T16:00:00Z", "+1 day"],
  ["America/New_York", "2026-12-02T03:00:00Z", "-1 day"],
  ["Pacific/Kiritimati", "2026-12-03T10:30:00Z", "+2 days"],
  ["Asia/Tokyo", NOON, ""],
])("in %s, %s is %j", (zone, instant, shift) =>
  expect(dayShift(instant, zone, "2026-12-02")).toBe(shift),
);

it("a chosen time is told in the other zone, too", async () => {
  await speak("de");
  const seen = { days: "Europe/Berlin", own: "Asia/Tokyo" };
  expect(formatInOtherZone(NOON, { ...seen, shown: "Europe/Berlin" })).toBe("für Sie 21:00");
  expect(formatInOtherZone(NOON, { ...seen, shown: "Asia/Tokyo" })).toBe("13:00 in Berlin");
  expect(formatInOtherZone("2026-12-02T18:00:00Z", { ...seen, shown: "Europe/Berlin" })).toBe(
    "für Sie 03:00 (+1 Tag)",
  );
  expect(
    formatInOtherZone(NOON, { days: "Europe/Berlin", own: "Europe/Paris", shown: "Europe/Berlin" }),
  ).toBe("");
});

it("a visitor behind is told so in their language", async () => {
  await speak("de");
  const zones = { days: "Europe/Berlin", own: "America/New_York", shown: "Europe/Berlin" };
  expect(whereabouts(zones, Date.parse(NOON))).toBe(
    "Sie sind anscheinend in New York, 6 Std. zurück. Die Zeiten sind in Ortszeit Berlin.",
  );
  expect(cityOf("Asia/Saigon")).toBe("Ho Chi Minh City");
});
