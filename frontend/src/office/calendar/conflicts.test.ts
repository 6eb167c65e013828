import { describe, expect, it } from "vitest";
import { conflictsOf } from "./conflicts";
import { at, column, entry } from "./testing";

const NOW = Date.parse(at("09:30"));
const ann = entry("ANN", "10:00", "11:00", { busy_until: at("11:15") });
const hold = entry("hold", "14:00", "15:00", { kind: "hold" });
const day = column(1, [ann, hold]);

const kinds = (from: string, until: string, moving = null as typeof ann | null, isClass = false) =>
  conflictsOf(
    day,
    day.entries,
    { resource_id: 1, starts_at: at(from), ends_at: at(until) },
    NOW,
    moving,
    isClass,
  ).map(({ kind }) => kind);

describe("what stands against a time", () => {
  it("is nothing for a free time", () => expect(kinds("12:00", "13:00")).toEqual([]));
  it("is a booking, with its buffer", () => expect(kinds("11:10", "12:00")).toEqual(["booking"]));
  it("is not the booking itself", () => expect(kinds("10:30", "11:30", ann)).toEqual([]));
  it("counts the buffer of the booking that is moved", () =>
    expect(kinds("13:00", "13:50", ann)).toEqual(["hold"]));
  it("is the hold of a visitor", () => expect(kinds("14:30", "15:30")).toEqual(["hold"]));
  it("is a time that is closed", () => expect(kinds("16:30", "17:30")).toEqual(["closed"]));
  it("is a time that is over", () => expect(kinds("09:00", "09:45")).toEqual(["past"]));
  it("names what is for good first", () =>
    expect(kinds("08:30", "16:00")).toEqual(["booking", "hold", "closed", "past"]));
  it("is a busy time of another calendar, unless the booking is in its way", () => {
    const busy = {
      id: 1,
      starts_at: at("12:00"),
      ends_at: at("13:00"),
      title: "Dentist",
      calendar: "Private",
    };
    const kindsBeside = (from: string, until: string, moving: typeof ann | null) =>
      conflictsOf(
        { ...day, busy_times: [busy] },
        [],
        { resource_id: 1, starts_at: at(from), ends_at: at(until) },
        NOW,
        moving,
      ).map(({ kind }) => kind);
    expect(kindsBeside("12:30", "13:30", null)).toEqual(["elsewhere"]);
    expect(kindsBeside("11:50", "12:00", null)).toEqual([]);
    expect(kindsBeside("11:00", "11:50", ann)).toEqual(["elsewhere"]);
    const inItsWay = entry("B", "12:30", "13:30");
    expect(kindsBeside("12:45", "13:45", inItsWay)).toEqual([]);
  });
  it("is no other seat of the same class", () => {
    const seat = entry("B", "10:00", "11:00");
    expect(kinds("10:00", "11:00", seat, true)).toEqual([]);
    expect(kinds("10:15", "11:15", seat, true)).toEqual(["booking"]);
  });
});
