import { describe, expect, it } from "vitest";
import { blocksOf, place } from "./layout";
import { entry } from "./testing";

const alone = () => 1;
const placeAll = (...entries: ReturnType<typeof entry>[]) =>
  place(blocksOf(entries, alone)).map(({ block, lane, lanes }) => `${block.id} ${lane}/${lanes}`);

describe("the layout", () => {
  it("gives bookings that touch no other the whole width", () => {
    expect(placeAll(entry("A", "09:00", "10:00"), entry("B", "10:00", "11:00"))).toEqual([
      "A 0/1",
      "B 0/1",
    ]);
  });

  it("puts those that overlap side by side, in lanes that are used again", () => {
    const entries = [
      entry("A", "09:00", "12:00"),
      entry("B", "09:30", "10:00"),
      entry("C", "10:00", "11:00"),
      entry("D", "12:00", "13:00"),
    ];
    expect(placeAll(...entries)).toEqual(["A 0/2", "B 1/2", "C 1/2", "D 0/1"]);
  });

  it("makes one block of the seats of a class", () => {
    const seats = ["A", "B", "C"].map((id) => entry(id, "09:00", "10:00"));
    const others = [entry("D", "10:00", "11:00")];
    const blocks = blocksOf([...seats, ...others], () => 10);
    expect(blocks.map((block) => block.entries.map((each) => each.id))).toEqual([
      ["A", "B", "C"],
      ["D"],
    ]);
  });
});
