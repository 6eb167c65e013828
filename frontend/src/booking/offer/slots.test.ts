import { describe, expect, it } from "vitest";
import type { Slot } from "../../core/wire";
import { service } from "../../testing/catalog";
import { slot } from "../../testing/views";
import { bookingWindow } from "./bookingWindow";
import { countFree, nearestFree, type Own, partsOfDay, shownSlots, type Terms } from "./slots";

const at = (time: string) => `2026-11-25T${time}:00Z`;
const instant = (time: string) => Date.parse(at(time));
const nobody: Own = { chosen: null, claims: [], moved: null };
const mine = (claim: string, time: string, isOfThisTab = true) => ({
  claim,
  starts_at: at(time),
  isOfThisTab,
});

function terms(notice: number, now: string): Terms {
  const offered = service({ minimum_notice: notice, booking_window_days: 30 });
  const people = [
    { id: 1, time_zone: "UTC" },
    { id: 2, time_zone: "UTC" },
  ];
  const window = bookingWindow(offered, people, "UTC", Date.parse(now));
  return { service: offered, window, now: Date.parse(now) };
}

interface Situation {
  slots: Slot[];
  own?: Own;
  notice?: number;
  openedAt?: string;
  now?: string;
}

function listShown({
  slots,
  own = nobody,
  notice = 0,
  openedAt = "08:00",
  now = "08:00",
}: Situation) {
  const offered = shownSlots(slots, "UTC", own, terms(notice, at(now)), instant(openedAt));
  return Object.fromEntries(offered.map(({ time, state }) => [time, state]));
}

describe("a slot is one's own", () => {
  it("when it is in this page's hand, whatever the view says", () => {
    const slots = [slot({ starts_at: at("10:00"), state: "free" })];
    expect(listShown({ slots, own: { ...nobody, chosen: at("10:00") } })).toEqual({
      "10:00": "mine",
    });
  });

  it("when a claim of this tab starts there and is being taken up again", () => {
    const slots = [slot({ starts_at: at("10:00"), state: "held", claims: ["a"] })];
    const own = { ...nobody, claims: [mine("a", "10:00")] };
    expect(listShown({ slots, own })).toEqual({ "10:00": "mine" });
    const other = { ...own, chosen: at("12:00") };
    expect(listShown({ slots, own: other })).toEqual({ "10:00": "free" });
  });

  it("but in another tab when that one has it", () => {
    const slots = [slot({ starts_at: at("10:00"), state: "held", claims: ["a"] })];
    const own = { ...nobody, claims: [mine("a", "10:00", false)] };
    expect(listShown({ slots, own })).toEqual({ "10:00": "elsewhere" });
  });

  it("not when a claim of the past is no longer on the board", () => {
    const slots = [slot({ starts_at: at("10:00"), state: "held", claims: ["b"] })];
    const own = { ...nobody, claims: [mine("a", "10:00")] };
    expect(listShown({ slots, own })).toEqual({ "10:00": "held" });
  });
});

it("one's own claim doesn't stand in the way of other starts", () => {
  const own = { ...nobody, chosen: at("10:00"), claims: [mine("a", "10:00")] };
  const slots = [
    slot({ starts_at: at("09:30"), state: "held", claims: ["a"] }),
    slot({ starts_at: at("10:00"), state: "held", claims: ["a"] }),
    slot({ starts_at: at("10:30"), state: "held", claims: ["a", "b"] }),
    slot({ starts_at: at("11:00"), state: "taken", claims: ["a"] }),
  ];
  expect(listShown({ slots, own })).toEqual({
    "09:30": "free",
    "10:00": "mine",
    "10:30": "held",
    "11:00": "taken",
  });
});

it.each([
  [{ 1: ["other"], 2: ["a"] }, "free"],
  [{ 1: ["other"], 2: ["a", "another"] }, "held"],
  [{ 1: ["other"], 2: ["another"] }, "held"],
])("with anyone, a time is free when one of them is kept by nobody else: %j", (claims, state) => {
  const own = { ...nobody, chosen: at("10:00"), claims: [mine("a", "10:00")] };
  const slots = [
    slot({
      starts_at: at("10:15"),
      state: "held",
      resource_ids: [1, 2],
      claims: Object.values(claims).flat(),
      claims_by_resource: claims,
    }),
  ];
  expect(listShown({ slots, own })).toEqual({ "10:15": state });
});

it("a booking that is moved is in nobody's way, and its start is the present one", () => {
  const moved = { claim: "booking", starts_at: at("10:00") };
  const slots = [
    slot({ starts_at: at("09:45"), state: "taken", claims: ["booking"] }),
    slot({ starts_at: at("10:00"), state: "taken", claims: ["booking"] }),
    slot({ starts_at: at("10:15"), state: "taken", claims: ["booking", "a"] }),
    slot({ starts_at: at("10:30"), state: "taken", claims: ["booking", "other"] }),
  ];
  const own = { chosen: null, claims: [mine("a", "10:30")], moved };
  expect(listShown({ slots, own })).toEqual({
    "09:45": "free",
    "10:00": "now",
    "10:15": "free",
    "10:30": "taken",
  });
});

describe("how many seats are left", () => {
  const seats = (slots: Slot[], own: Own) =>
    shownSlots(slots, "UTC", own, terms(0, at("08:00")), instant("08:00")).map(
      ({ time, seatsLeft }) => [time, seatsLeft],
    );

  it("isn't known of a start that only one's own claim keeps busy", () => {
    const own = { ...nobody, claims: [mine("a", "10:00")], chosen: at("10:00") };
    const others = slot({ starts_at: at("11:30"), state: "free", seats_left: 4 });
    const neighbour = slot({
      starts_at: at("10:30"),
      state: "held",
      claims: ["a"],
      seats_left: 0,
    });
    expect(seats([neighbour, others], own)).toEqual([
      ["10:30", null],
      ["11:30", 4],
    ]);
  });
});

describe("time", () => {
  const slots = ["09:00", "09:30", "10:00"].map((time) => slot({ starts_at: at(time) }));

  it("leaves out what was too late when the day was opened", () => {
    expect(Object.keys(listShown({ slots, openedAt: "09:15", now: "09:15" }))).toEqual([
      "09:30",
      "10:00",
    ]);
  });

  it("keeps in place what has become too late since", () => {
    expect(listShown({ slots, now: "09:15" })).toEqual({
      "09:00": "closed",
      "09:30": "free",
      "10:00": "free",
    });
  });

  it("respects the notice", () => {
    expect(Object.keys(listShown({ slots, notice: 90 }))).toEqual(["09:30", "10:00"]);
  });

  it("respects the horizon", () => {
    const far = [slot({ starts_at: "2026-12-25T10:00:00Z" }), slot({ starts_at: at("10:00") })];
    expect(listShown({ slots: far })).toEqual({ "10:00": "free" });
    const farther = [slot({ starts_at: "2026-12-26T10:00:00Z" })];
    expect(listShown({ slots: farther })).toEqual({});
  });
});

it("the nearest free times are given in the order of the day", () => {
  const states = { "09:00": "free", "09:30": "taken", "10:00": "held" } as const;
  const day = [
    ...Object.entries(states).map(([time, state]) => ({
      startsAt: at(time),
      time,
      state,
      seatsLeft: 1,
    })),
    ...["10:30", "11:00", "11:30"].map((time) => ({
      startsAt: at(time),
      time,
      state: "free" as const,
      seatsLeft: 1,
    })),
  ];
  expect(nearestFree(day, at("10:00"))).toEqual([at("09:00"), at("10:30"), at("11:00")]);
});

it("a day has up to three parts", () => {
  const starts = (...times: string[]) => times.map((time) => ({ startsAt: at(time) }));
  const listTimes = (times: string[], zone: string) =>
    partsOfDay(starts(...times), zone).map(({ name, slots }) => [name, slots.length]);
  expect(listTimes(["11:30", "11:59", "12:00", "17:00"], "UTC")).toEqual([
    ["morning", 2],
    ["afternoon", 1],
    ["evening", 1],
  ]);
  expect(listTimes(["12:00"], "UTC")).toEqual([["afternoon", 1]]);
});

it("elsewhere the day goes on into the next", () => {
  const starts = ["07:00", "14:30", "15:00"].map((time) => ({ startsAt: at(time) }));
  const parts = partsOfDay(starts, "Asia/Tokyo");
  expect(parts.map(({ name, day }) => `${name} ${day}`)).toEqual([
    "afternoon 2026-11-25",
    "evening 2026-11-25",
    "morning 2026-11-26",
  ]);
});

describe("the free times of a day", () => {
  const day = ["free", "held", "pending", "taken"] as const;
  const slots = day.map((state, hour) => slot({ starts_at: at(`1${hour}:00`), state }));
  const count = (now: string) => countFree(slots, terms(60, now));

  it("are those that nobody has booked: a hold passes, also one's own", () => {
    expect(count(at("08:00"))).toBe(2);
  });

  it("can still be booked", () => {
    expect(count(at("09:01"))).toBe(1);
    expect(count("2026-10-25T08:00:00Z")).toBe(0);
  });
});
