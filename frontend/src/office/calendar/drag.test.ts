import { describe, expect, it } from "vitest";
import { draftAt, shiftIntoDay } from "./drag";

const base = { key: "1", starts: 600, ends: 660 };
const hit = (minutes: number, key = "1") => ({ key, minutes });

describe("a drag", () => {
  it("moves by whole steps, to another column as well", () => {
    expect(draftAt("move", base, hit(610), hit(648, "2"))).toEqual({
      key: "2",
      starts: 645,
      ends: 705,
    });
  });

  it("changes the end, but never makes it shorter than a step", () => {
    expect(draftAt("end", base, hit(660), hit(690, "2"))).toEqual({ ...base, ends: 690 });
    expect(draftAt("end", base, hit(660), hit(0))).toEqual({ ...base, ends: 615 });
  });

  it("draws a new time in either direction", () => {
    const drawn = { key: "1", starts: 585, ends: 675 };
    expect(draftAt("create", base, hit(590), hit(670))).toEqual(drawn);
    expect(draftAt("create", base, hit(670), hit(590))).toEqual(drawn);
  });

  it("stays within its day", () => {
    expect(shiftIntoDay({ key: "1", starts: -30, ends: 30 }, 1440)).toEqual({
      key: "1",
      starts: 0,
      ends: 60,
    });
    expect(shiftIntoDay({ key: "1", starts: 1450, ends: 1510 }, 1440).starts).toBe(1425);
  });
});
