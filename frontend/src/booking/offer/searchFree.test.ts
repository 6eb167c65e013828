import { expect, it } from "vitest";
import { addRange, type DayRange, searchFree } from "./searchFree";

const LAST = "2027-03-31";
const known: DayRange[] = [["2026-11-25", "2027-01-25"]];

it.each([
  ["the first free day", { "2026-12-09": 2, "2026-12-10": 5 }, "2026-11-25", "2026-12-09"],
  ["the first from a month on", { "2026-12-09": 2, "2027-01-04": 5 }, "2027-01-01", "2027-01-04"],
])("finds %s", (_, free, from, day) => {
  const found = searchFree(free, known, from, LAST);
  expect(found).toMatchObject({ kind: "found", day: { day } });
});

it("asks on where its knowledge ends, whatever is known beyond", () => {
  const leafed: DayRange[] = [...known, ["2027-03-01", LAST]];
  const free = { "2027-03-10": 1 };
  expect(searchFree(free, leafed, "2026-11-25", LAST)).toEqual({
    kind: "unknown",
    from: "2027-01-26",
  });
});

it("finds nothing only when all is known up to the last day", () => {
  const all = addRange(known, ["2027-01-26", LAST]);
  expect(all).toEqual([["2026-11-25", LAST]]);
  expect(searchFree({ "2026-12-01": 0, "2026-12-02": null }, all, "2026-11-25", LAST)).toEqual({
    kind: "nothing",
  });
});

it("ranges that don't touch stay apart until the gap is filled", () => {
  const apart = addRange(known, ["2027-03-01", LAST]);
  expect(apart).toHaveLength(2);
  expect(addRange(apart, ["2027-01-20", "2027-02-28"])).toEqual([["2026-11-25", LAST]]);
});
