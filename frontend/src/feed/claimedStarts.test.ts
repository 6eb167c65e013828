import { describe, expect, it } from "vitest";
import type { Board } from "../core/wire";
import { dayView, slot } from "../testing/views";
import { claimedStarts } from "./claimedStarts";

const at = (time: string) => `2026-11-25T${time}:00Z`;

function board(busy: [from: string, to: string, state: "held" | "pending" | "taken"][]): Board {
  const { slots: _slots, service_id: _service, ...view } = dayView();
  return {
    ...view,
    resource_id: 1,
    open: [
      { starts_at: at("09:00"), ends_at: at("11:00") },
      { starts_at: at("12:00"), ends_at: at("13:00") },
    ],
    busy: busy.map(([from, to, state], index) => ({
      starts_at: at(from),
      ends_at: at(to),
      state,
      claim: `claim ${index}`,
    })),
  };
}

const times = (starts: string[]) => starts.map((start) => start.slice(11, 16));

describe("on a board", () => {
  it("every grid slot that a claim overlaps is listed", () => {
    const view = board([["09:45", "10:45", "taken"]]);
    expect(times(claimedStarts(view, "taken", [], 30))).toEqual(["09:30", "10:00", "10:30"]);
  });

  it("a slot is listed once however many claims lie on it", () => {
    const view = board([
      ["09:00", "09:15", "taken"],
      ["09:15", "09:30", "taken"],
    ]);
    expect(times(claimedStarts(view, "taken", [], 30))).toEqual(["09:00"]);
  });

  it("claims that only touch a slot don't count", () => {
    const view = board([["09:30", "10:00", "held"]]);
    expect(times(claimedStarts(view, "held", [], 30))).toEqual(["09:30"]);
  });

  it("each state has its own list, and the caller's own claim is in none", () => {
    const view = board([
      ["09:00", "09:30", "held"],
      ["10:00", "10:30", "held"],
      ["12:00", "13:00", "pending"],
    ]);
    expect(times(claimedStarts(view, "held", ["claim 0"], 30))).toEqual(["10:00"]);
    expect(times(claimedStarts(view, "pending", ["claim 0"], 30))).toEqual(["12:00", "12:30"]);
  });
});

describe("on a service's day", () => {
  it("lists the starts in a state, without the caller's own", () => {
    const view = dayView({
      slots: [
        slot({ starts_at: at("09:00"), state: "held", claims: ["own"] }),
        slot({ starts_at: at("09:30"), state: "held", claims: ["own", "other"] }),
        slot({ starts_at: at("10:00"), state: "taken", claims: ["other"] }),
      ],
    });
    expect(times(claimedStarts(view, "held", ["own"], 30))).toEqual(["09:30"]);
  });
});
