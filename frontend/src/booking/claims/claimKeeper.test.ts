import { beforeEach, describe, expect, it } from "vitest";
import { openStorage } from "../../api/storage";
import {
  at,
  body,
  choice,
  claimOf,
  happens,
  hold,
  keeper,
  line,
  openPage,
  ownClaims,
  prepareWorld,
  refuse,
  tell,
  world,
} from "../../testing/claimingPage";
import { openOwnClaims } from "./ownClaims";

beforeEach(prepareWorld);

describe("choosing", () => {
  it("holds the time from the server's answer on, not before", async () => {
    keeper.choose(choice("10:00"));
    await world.pass(0);
    expect(keeper.state).toMatchObject({ claim: { kind: "none" }, pendingChoice: choice("10:00") });
    await tell(claimOf("10:00"), 201);
    expect(keeper.state).toMatchObject({ claim: { kind: "held" }, pendingChoice: null });
  });

  it("asks for one time at a time, and of several clicks only for the last", async () => {
    keeper.choose(choice("10:00"));
    keeper.choose(choice("10:30"));
    keeper.choose(choice("11:00"));
    await world.pass(0);
    expect(world.asked).toHaveLength(1);
    expect(body().starts_at).toBe(at("11:00"));
  });

  it("keeps what one had when the other time is lost", async () => {
    await hold("10:00");
    keeper.choose(choice("10:30"));
    await world.pass(0);
    await refuse("slot_held");
    expect(keeper.state).toMatchObject({
      claim: { kind: "held", choice: choice("10:00") },
      refusal: { why: "slot_held", choice: choice("10:30") },
    });
  });

  it("repeats the sequence number when it tries again, and only then", async () => {
    keeper.choose(choice("10:00"));
    await world.pass(0);
    const first = body().seq;
    await world.latest.fail();
    expect(world.asked).toHaveLength(2);
    expect(body().seq).toBe(first);
    await tell(claimOf("10:00"), 201);
    keeper.choose(choice("10:30"));
    await world.pass(0);
    expect(body().seq).toBeGreaterThan(first);
  });

  it("goes on without a hold when holds can't be had", async () => {
    keeper.choose(choice("10:00"));
    await world.pass(0);
    await refuse("holds_unavailable", 503);
    expect(keeper.state.claim).toEqual({ kind: "unheld", choice: choice("10:00") });
  });
});

describe("a held time", () => {
  beforeEach(() => hold("10:00"));

  const ttl = () => [line(world.latest), body().ttl];

  it("is prolonged every 3 seconds by 10", async () => {
    await world.pass(3_000);
    expect(ttl()).toEqual(["PATCH /holds/hold 10:00", 10]);
    await tell(claimOf("10:00"));
    await world.pass(3_000);
    expect(world.asked).toHaveLength(3);
  });

  it("gets two minutes once when the page is hidden", async () => {
    happens("hidden");
    await world.pass(30_000);
    expect(world.asked).toHaveLength(2);
    expect(ttl()).toEqual(["PATCH /holds/hold 10:00", 120]);
  });

  it("is asked for again when that failed, as long as it may still be there", async () => {
    happens("hidden");
    await world.pass(250);
    const { length } = world.asked;
    for (const pause of [750, 1_500, 3_000, 6_000, ...Array(9).fill(11_250)]) {
      await world.latest.fail();
      await world.pass(pause - 1);
      const before = world.asked.length;
      await world.pass(1);
      expect(world.asked).toHaveLength(before + 1);
      expect(ttl()).toEqual(["PATCH /holds/hold 10:00", 120]);
    }
    await world.latest.fail();
    await world.pass(600_000);
    expect(world.asked).toHaveLength(length + 13);
  });

  it("is let alone again once that has succeeded", async () => {
    happens("hidden");
    await world.pass(250);
    await tell(null, 503);
    await world.pass(750);
    await tell(claimOf("10:00"));
    await world.pass(60_000);
    expect(world.asked).toHaveLength(3);
  });

  it.each([
    ["shown", 10],
    ["left", 3],
  ] as const)(
    "isn't given two minutes any more when the page is %s meanwhile",
    async (moment, seconds) => {
      happens("hidden");
      await world.pass(250);
      const hiding = world.latest;
      happens(moment);
      await hiding.fail();
      await world.pass(2_000);
      expect(world.asked).toHaveLength(3);
      expect(ttl()).toEqual(["PATCH /holds/hold 10:00", seconds]);
    },
  );

  it("is shortened to 3 seconds by a request that outlives the page", async () => {
    happens("hidden");
    happens("left");
    await world.pass(5_000);
    expect(world.asked).toHaveLength(2);
    expect(ttl()).toEqual(["PATCH /holds/hold 10:00", 3]);
    expect(world.latest.init.keepalive).toBe(true);
  });

  it("is taken once more when it has got lost", async () => {
    await world.pass(3_000);
    await refuse("not_found", 404);
    expect(line(world.latest)).toBe("POST /holds");
    await tell(claimOf("10:00", { id: "second" }), 201);
    expect(keeper.state.claim).toMatchObject({ kind: "held", own: { id: "second" } });
  });

  it("is said to be lost when somebody else has it by then", async () => {
    await world.pass(3_000);
    await refuse("not_found", 404);
    await refuse("slot_held");
    expect(keeper.state).toMatchObject({ claim: { kind: "none" }, refusal: { why: "slot_held" } });
  });

  it("ends when the server says, however it is prolonged", async () => {
    const ends_at_latest = new Date(world.clock.now() + 40_000).toISOString();
    for (let passed = 3_000; passed < 40_000; passed += 3_000) {
      await world.pass(3_000);
      await tell(claimOf("10:00", { ends_at_latest }));
    }
    expect(keeper.state.claim.kind).toBe("held");
    await world.pass(1_000);
    expect(keeper.state.claim).toEqual({ kind: "ended", choice: choice("10:00") });
  });

  it("that is gone by then is not asked for once more", async () => {
    await world.pass(3_000);
    await tell(
      claimOf("10:00", { ends_at_latest: new Date(world.clock.now() + 6_000).toISOString() }),
    );
    await world.pass(3_000);
    await refuse("not_found", 404);
    expect(line(world.latest)).toBe("PATCH /holds/hold 10:00");
    expect(keeper.state.claim).toEqual({ kind: "ended", choice: choice("10:00") });
  });

  it("survives a reload, and is called held once the server has said so", async () => {
    openPage();
    keeper.resume({ service_id: 1, resource_id: undefined });
    await world.pass(0);
    expect(keeper.state).toMatchObject({ claim: { kind: "none" }, pendingChoice: choice("10:00") });
    expect(ttl()).toEqual(["PATCH /holds/hold 10:00", 10]);
    await tell(claimOf("10:00"));
    expect(keeper.state).toMatchObject({
      claim: { kind: "held", choice: choice("10:00") },
      pendingChoice: null,
    });
  });

  it("that somebody else has taken meanwhile isn't called held after a reload", async () => {
    openPage();
    keeper.resume({ service_id: 1, resource_id: undefined });
    await world.pass(0);
    await refuse("not_found", 404);
    await refuse("slot_taken");
    expect(keeper.state).toMatchObject({ claim: { kind: "none" }, refusal: { why: "slot_taken" } });
    expect(ownClaims.all).toEqual([]);
  });

  it("isn't called held while the server can't be reached after a reload", async () => {
    openPage();
    keeper.resume({ service_id: 1, resource_id: undefined });
    await world.pass(0);
    await world.latest.fail();
    expect(keeper.state).toMatchObject({
      claim: { kind: "none" },
      refusal: { why: "unreachable" },
    });
    keeper.clearUnreachable();
    expect(keeper.state.refusal).toBeNull();
  });

  it("for a move is asked for with its booking, also when it has got lost", async () => {
    const booking = { reference: "ABC", manage_token: "token" };
    openPage();
    keeper.resume({ service_id: 1, resource_id: 1, booking });
    await world.pass(0);
    await refuse("not_found", 404);
    expect(line(world.latest)).toBe("POST /holds");
    expect(body().booking).toEqual(booking);
  });

  it.each([
    ["another tab", 1, undefined],
    ["this tab", 2, undefined],
    ["this tab", 1, 2],
  ])("isn't taken up by %s for service %i and resource %s", async (tab, service, resource) => {
    openPage(tab);
    keeper.resume({ service_id: service, resource_id: resource });
    await world.pass(0);
    expect(keeper.state).toMatchObject({ claim: { kind: "none" }, pendingChoice: null });
  });

  it("is given back when it isn't wanted any more", async () => {
    keeper.release();
    await world.pass(0);
    expect(line(world.latest)).toBe("DELETE /holds/hold 10:00");
    expect(keeper.state.claim.kind).toBe("none");
  });

  it("isn't fought over with another tab that has chosen another time", async () => {
    const other = openOwnClaims(
      openStorage(() => localStorage),
      "another tab",
      world.clock.now,
    );
    other.keepHold(claimOf("11:00"));
    ownClaims.reload();
    keeper.syncFromOtherTabs();
    expect(keeper.state).toMatchObject({
      claim: { kind: "none" },
      refusal: { why: "chosen_elsewhere" },
    });
    await world.pass(10_000);
    expect(world.asked).toHaveLength(1);
  });
});
