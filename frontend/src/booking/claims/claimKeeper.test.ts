import { beforeEach, describe, expect, it } from "vitest";
import { type Choice, createApi } from "../../api/client";
import { createSendOnce } from "../../api/idempotency";
import { Problem } from "../../api/problem";
import { openStorage } from "../../api/storage";
import { openVisitor } from "../../api/visitor";
import type { Hold } from "../../core/wire";
import { VirtualEnvironment } from "../../testing/virtualEnvironment";
import type { ClaimKeeper } from "./claim";
import { createClaimKeeper } from "./claimKeeper";
import { type OwnClaims, openOwnClaims } from "./ownClaims";
import type { PageMoment } from "./pageLife";

let world: VirtualEnvironment;
let moments: Set<(moment: PageMoment) => void>;
let keeper: ClaimKeeper;
let ownClaims: OwnClaims;

const at = (time: string) => `2026-11-25T${time}:00Z`;
const choice = (time: string): Choice => ({
  service_id: 1,
  resource_id: 1,
  starts_at: at(time),
});

function claimOf(time: string, change: Partial<Hold> = {}): Hold {
  return {
    id: `hold ${time}`,
    claim: `claim ${time}`,
    service_id: 1,
    resource_id: 1,
    starts_at: at(time),
    ends_at: new Date(Date.parse(at(time)) + 1_800_000).toISOString(),
    expires_at: new Date(world.clock.now() + 120_000).toISOString(),
    ...change,
  };
}

/** A page of this browser; another tab has another name. */
function openPage(tab = "this tab"): void {
  const storage = openStorage(() => localStorage);
  const visitor = openVisitor(storage, world.clock.now);
  const api = createApi(world, visitor, createSendOnce(openStorage(() => sessionStorage)));
  moments = new Set();
  ownClaims = openOwnClaims(storage, tab, world.clock.now);
  const pageLife = {
    isShown: () => true,
    onMoment(listener: (moment: PageMoment) => void) {
      moments.add(listener);
      return () => void moments.delete(listener);
    },
  };
  keeper = createClaimKeeper({ api, environment: world, pageLife, ownClaims });
}

const happens = (moment: PageMoment) => {
  for (const listener of moments) listener(moment);
};

const told = (body: object | null, status = 200) =>
  world.latest.answer(new Response(body && JSON.stringify(body), { status }));
const refused = (code: string, status = 409) => told({ code, alternatives: [] }, status);
const line = ({ url, init }: { url: string; init: RequestInit }) =>
  `${init.method} ${url.replace("/api/v1", "").replace(/\?.*/, "")}`;
const body = () => JSON.parse(String(world.latest.init.body));

async function hold(time: string): Promise<void> {
  keeper.choose(choice(time));
  await world.pass(0);
  await told(claimOf(time), 201);
}

async function checkOut(time: string, seconds = 600): Promise<void> {
  void keeper.checkOut(choice(time));
  await world.pass(0);
  const expires_at = new Date(world.clock.now() + seconds * 1_000).toISOString();
  await told(claimOf(time, { id: `checkout ${time}`, expires_at }), 201);
}

beforeEach(() => {
  localStorage.clear();
  sessionStorage.clear();
  world = new VirtualEnvironment();
  openPage();
});

describe("choosing", () => {
  it("holds the time from the server's answer on, not before", async () => {
    keeper.choose(choice("10:00"));
    await world.pass(0);
    expect(keeper.state).toMatchObject({ claim: { kind: "none" }, pendingChoice: choice("10:00") });
    await told(claimOf("10:00"), 201);
    expect(keeper.state).toMatchObject({ claim: { kind: "held" }, pendingChoice: null });
  });

  it("asks for one time at a time, and of several wishes only for the last", async () => {
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
    await refused("slot_held");
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
    await told(claimOf("10:00"), 201);
    keeper.choose(choice("10:30"));
    await world.pass(0);
    expect(body().seq).toBeGreaterThan(first);
  });

  it("goes on without a hold when holds can't be had", async () => {
    keeper.choose(choice("10:00"));
    await world.pass(0);
    await refused("holds_unavailable", 503);
    expect(keeper.state.claim).toEqual({ kind: "unheld", choice: choice("10:00") });
  });
});

describe("a held time", () => {
  beforeEach(() => hold("10:00"));

  const ttl = () => [line(world.latest), body().ttl];

  it("is prolonged every 3 seconds by 10", async () => {
    await world.pass(3_000);
    expect(ttl()).toEqual(["PATCH /holds/hold 10:00", 10]);
    await told(claimOf("10:00"));
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
    await told(null, 503);
    await world.pass(750);
    await told(claimOf("10:00"));
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
    await refused("not_found", 404);
    expect(line(world.latest)).toBe("POST /holds");
    await told(claimOf("10:00", { id: "second" }), 201);
    expect(keeper.state.claim).toMatchObject({ kind: "held", own: { id: "second" } });
  });

  it("is said to be lost when somebody else has it by then", async () => {
    await world.pass(3_000);
    await refused("not_found", 404);
    await refused("slot_held");
    expect(keeper.state).toMatchObject({ claim: { kind: "none" }, refusal: { why: "slot_held" } });
  });

  it("ends when the server says, however it is prolonged", async () => {
    const ends_at_latest = new Date(world.clock.now() + 40_000).toISOString();
    for (let passed = 3_000; passed < 40_000; passed += 3_000) {
      await world.pass(3_000);
      await told(claimOf("10:00", { ends_at_latest }));
    }
    expect(keeper.state.claim.kind).toBe("held");
    await world.pass(1_000);
    expect(keeper.state.claim).toEqual({ kind: "ended", choice: choice("10:00") });
  });

  it("that is gone by then is not asked for once more", async () => {
    await world.pass(3_000);
    await told(
      claimOf("10:00", { ends_at_latest: new Date(world.clock.now() + 6_000).toISOString() }),
    );
    await world.pass(3_000);
    await refused("not_found", 404);
    expect(line(world.latest)).toBe("PATCH /holds/hold 10:00");
    expect(keeper.state.claim).toEqual({ kind: "ended", choice: choice("10:00") });
  });

  it("survives a reload, and is called held once the server has said so", async () => {
    openPage();
    keeper.resume({ service_id: 1, resource_id: undefined });
    await world.pass(0);
    expect(keeper.state).toMatchObject({ claim: { kind: "none" }, pendingChoice: choice("10:00") });
    expect(ttl()).toEqual(["PATCH /holds/hold 10:00", 10]);
    await told(claimOf("10:00"));
    expect(keeper.state).toMatchObject({
      claim: { kind: "held", choice: choice("10:00") },
      pendingChoice: null,
    });
  });

  it("that somebody else has taken meanwhile isn't called held after a reload", async () => {
    openPage();
    keeper.resume({ service_id: 1, resource_id: undefined });
    await world.pass(0);
    await refused("not_found", 404);
    await refused("slot_taken");
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
    await refused("not_found", 404);
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
    await told(claimOf("10:00", { id: "checkout 10:00", expires_at: before?.expires_at ?? "" }));
    expect(keeper.state.claim).toMatchObject({
      kind: "checkedOut",
      own: { expires_at: before?.expires_at },
    });
  });

  it("that is lost by the time of a reload is nobody's any more", async () => {
    openPage();
    expect(keeper.resumeCheckout(choice("10:00"))).toBe(true);
    await world.pass(0);
    await refused("slot_taken");
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
    await told(null, 204);
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
    await told(claimOf("11:00"), 201);
    expect(line(world.latest)).toBe("DELETE /checkouts/checkout 10:00");
  });

  it("stays as it was when the other time can't be had, even one that it overlaps", async () => {
    keeper.choose(choice("10:15"));
    await world.pass(0);
    expect(line(world.latest)).toBe("POST /holds");
    await refused("slot_held");
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
    await refused("slot_pending");
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
  await told(claimOf("10:00", { resource_id: 2 }), 201);
  void keeper.checkOut(anyone);
  await world.pass(0);
  expect(body()).toEqual({ ...choice("10:00"), resource_id: 2 });
});

it("a checkout that can't be had leaves the hold as it was", async () => {
  await hold("10:00");
  void keeper.checkOut(choice("10:00"));
  await world.pass(0);
  await told(null, 503);
  expect(keeper.state).toMatchObject({ claim: { kind: "held" }, pendingChoice: null });
  expect(line(world.latest)).toBe("PATCH /holds/hold 10:00");
});
