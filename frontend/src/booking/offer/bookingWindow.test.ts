import { describe, expect, it } from "vitest";
import { bookingWindow } from "./bookingWindow";

const BERLIN = { id: 1, time_zone: "Europe/Berlin" };
const LOS_ANGELES = { id: 2, time_zone: "America/Los_Angeles" };
const KIRITIMATI = { id: 3, time_zone: "Pacific/Kiritimati" };
/** At this instant it is Thursday in Berlin, and still Wednesday in Los Angeles. */
const NIGHT = Date.parse("2026-11-26T00:30Z");
const days = (booking_window_days: number | null) => ({ booking_window_days });

describe("the last day of the booking window", () => {
  it("is so many days ahead where all are in the zone of the view", () => {
    expect(bookingWindow(days(30), [BERLIN], BERLIN.time_zone, NIGHT).lastDay).toBe("2026-12-26");
    expect(bookingWindow(days(0), [BERLIN], BERLIN.time_zone, NIGHT).lastDay).toBe("2026-11-26");
  });

  it("is far away without a limit", () => {
    const { lastDay } = bookingWindow(days(null), [BERLIN], BERLIN.time_zone, NIGHT);
    expect(lastDay > "2036-01-01").toBe(true);
  });

  it("is the day in the zone of the view on which the last local day of anyone ends", () => {
    const window = (resources: (typeof BERLIN)[], now = NIGHT) =>
      bookingWindow(days(1), resources, BERLIN.time_zone, now).lastDay;
    // One day after Wednesday ends in Los Angeles when it is Friday 27, 09:00 in Berlin.
    expect(window([LOS_ANGELES])).toBe("2026-11-27");
    // Until noon in Berlin both zones have the same date, and it ends later in Los Angeles.
    const noon = Date.parse("2026-11-26T12:00Z");
    expect(window([BERLIN], noon)).toBe("2026-11-27");
    expect(window([BERLIN, LOS_ANGELES], noon)).toBe("2026-11-28");
    // One day after Thursday 26 ends in Kiritimati when it is Friday 27, 11:00 in Berlin.
    expect(window([KIRITIMATI])).toBe("2026-11-27");
    expect(window([KIRITIMATI], Date.parse("2026-11-26T09:00Z"))).toBe("2026-11-27");
    expect(window([KIRITIMATI], Date.parse("2026-11-26T10:00Z"))).toBe("2026-11-28");
  });

  it("is that of the zone of the view while nobody serves", () => {
    expect(bookingWindow(days(1), [], BERLIN.time_zone, NIGHT).lastDay).toBe("2026-11-27");
  });
});

describe("a slot is in the booking window", () => {
  const noon = Date.parse("2026-11-26T12:00Z");
  const { contains } = bookingWindow(days(1), [BERLIN, LOS_ANGELES], BERLIN.time_zone, noon);
  const slot = (starts_at: string, ...resource_ids: number[]) => ({ starts_at, resource_ids });

  it("up to the end of the last local day of the one who has it", () => {
    expect(contains(slot("2026-11-27T22:59:00Z", 1))).toBe(true);
    expect(contains(slot("2026-11-27T23:00:00Z", 1))).toBe(false);
    expect(contains(slot("2026-11-28T07:59:00Z", 2))).toBe(true);
    expect(contains(slot("2026-11-28T08:00:00Z", 2))).toBe(false);
  });

  it("as long as it is in that of one of them", () => {
    expect(contains(slot("2026-11-28T07:30:00Z", 1, 2))).toBe(true);
    expect(contains(slot("2026-11-28T08:00:00Z", 1, 2))).toBe(false);
  });
});
