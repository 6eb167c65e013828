import { beforeEach, describe, expect, it } from "vitest";
import { Problem } from "../../api/problem";
import {
  body,
  checkOut,
  choice,
  claimOf,
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

beforeEach(prepareWorld);

describe("a checkout", () => {
  beforeEach(async () => {
    await hold("10:00");
    await checkOut("10:00", 600);
  });

  it("takes the place of its hold, which is prolonged no more", async () => {
    expect(keeper.state.claim).toMatchObject({ kind: "checkedOut", own: { kind: "checkout" } });
    expect(ownClaims.all).toHaveLength(1);
    await world.pass(30_000);
    expect(world.asked).toHaveLength(2);
  });

  it("ends at the server's deadline", async () => {
    await world.pass(599_999);
    expect(keeper.state.claim.kind).toBe("checkedOut");
    await world.pass(1);
    expect(keeper.state.claim).toEqual({ kind: "ended", choice: choice("10:00") });
  });

  it.each([300_000, -300_000])(
    "ends there too when that clock turns out to be %i ms off",
    async (ahead) => {
      const server_time = new Date(world.clock.now() + ahead).toISOString();
      world.serverClock.learn(server_time, world.clock.now());
      await world.pass(600_000 - ahead - 1);
      expect(keeper.state.claim.kind).toBe("checkedOut");
      await world.pass(5_000);
      expect(keeper.state.claim.kind).toBe("ended");
    },
  );

  const reopened = [
    ["on the form", () => expect(keeper.resumeCheckout(choice("10:00"))).toBe(true)],
    ["among the times", () => keeper.resume({ service_id: 1, resource_id: undefined })],
  ] as const;

  it.each(reopened)("goes on after a reload %s with the time that was left", async (_, reopen) => {
    const [before] = ownClaims.all;
    await world.pass(420_000);
    openPage();
    reopen();
    await world.pass(0);
    expect(keeper.state).toMatchObject({ claim: { kind: "none" }, pendingChoice: choice("10:00") });
    expect(line(world.latest)).toBe("POST /checkouts");
    await tell(claimOf("10:00", { id: "checkout 10:00", expires_at: before?.expires_at ?? "" }));
    expect(keeper.state.claim).toMatchObject({
      kind: "checkedOut",
      own: { expires_at: before?.expires_at },
    });
  });

  it("that is lost by the time of a reload is nobody's any more", async () => {
    openPage();
    expect(keeper.resumeCheckout(choice("10:00"))).toBe(true);
    await world.pass(0);
    await refuse("slot_taken");
    expect(keeper.state).toMatchObject({ claim: { kind: "none" }, refusal: { why: "slot_taken" } });
    expect(keeper.resumeCheckout(choice("10:00"))).toBe(false);
  });

  it("is asked for once after a reload, and again when the visitor says so", async () => {
    openPage();
    keeper.resumeCheckout(choice("10:00"));
    await world.pass(0);
    const { length } = world.asked;
    await world.latest.fail();
    expect(keeper.resumeCheckout(choice("10:00"))).toBe(true);
    await world.pass(60_000);
    expect(world.asked).toHaveLength(length);
    expect(keeper.state).toMatchObject({
      claim: { kind: "none" },
      refusal: { why: "unreachable" },
    });
    await checkOut("10:00");
    expect(keeper.state.claim.kind).toBe("checkedOut");
  });

  it("of before a reload is given back once this tab checks out another time", async () => {
    openPage();
    await hold("12:00");
    expect(line(world.latest)).toBe("DELETE /checkouts/checkout 10:00");
    await tell(null, 204);
    expect(ownClaims.all.map(({ claim }) => claim)).toEqual(["claim 12:00"]);
  });

  it("of another tab stays when this tab takes another time", async () => {
    openPage("another tab");
    await hold("12:00");
    expect(line(world.latest)).toBe("POST /holds");
    expect(ownClaims.all).toHaveLength(2);
  });

  it("isn't begun anew by a reload after it has ended", async () => {
    await world.pass(610_000);
    const { length } = world.asked;
    openPage();
    expect(keeper.resumeCheckout(choice("10:00"))).toBe(true);
    expect(keeper.state.claim.kind).toBe("ended");
    expect(world.asked).toHaveLength(length);
  });

  it("is nobody's by an address alone", () => {
    openPage();
    expect(keeper.resumeCheckout(choice("11:00"))).toBe(false);
  });

  it("is given back only after the other time is had", async () => {
    keeper.choose(choice("11:00"));
    await world.pass(0);
    expect(line(world.latest)).toBe("POST /holds");
    await tell(claimOf("11:00"), 201);
    expect(line(world.latest)).toBe("DELETE /checkouts/checkout 10:00");
  });

  it("stays as it was when the other time can't be had, even one that it overlaps", async () => {
    keeper.choose(choice("10:15"));
    await world.pass(0);
    expect(line(world.latest)).toBe("POST /holds");
    await refuse("slot_held");
    expect(keeper.state).toMatchObject({
      claim: { kind: "checkedOut", choice: choice("10:00") },
      refusal: { why: "slot_held" },
    });
    expect(ownClaims.all).toHaveLength(1);
  });

  it("of one's own is asked for again rather than believed", async () => {
    openPage();
    keeper.choose(choice("10:00"));
    await world.pass(0);
    expect(keeper.state.claim.kind).toBe("none");
    expect(line(world.latest)).toBe("POST /checkouts");
    await refuse("slot_pending");
    expect(keeper.state).toMatchObject({
      claim: { kind: "none" },
      refusal: { why: "slot_pending" },
    });
    expect(ownClaims.all).toEqual([]);
  });

  it("that the server has ended says what has become of the time", () => {
    keeper.lose(new Problem(409, { code: "slot_taken" }));
    expect(keeper.state).toMatchObject({
      claim: { kind: "ended" },
      refusal: { why: "slot_taken" },
    });
  });
});

it("a checkout of a time held with anyone is with the one who was found", async () => {
  const anyone = { ...choice("10:00"), resource_id: undefined };
  keeper.choose(anyone);
  await world.pass(0);
  await tell(claimOf("10:00", { resource_id: 2 }), 201);
  void keeper.checkOut(anyone);
  await world.pass(0);
  expect(body()).toEqual({ ...choice("10:00"), resource_id: 2 });
});

it("a checkout that can't be had leaves the hold as it was", async () => {
  await hold("10:00");
  void keeper.checkOut(choice("10:00"));
  await world.pass(0);
  await tell(null, 503);
  expect(keeper.state).toMatchObject({ claim: { kind: "held" }, pendingChoice: null });
  expect(line(world.latest)).toBe("PATCH /holds/hold 10:00");
});
