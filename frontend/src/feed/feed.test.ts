import { beforeEach, describe, expect, it } from "vitest";
import type { DayView } from "../core/wire";
import { answerUnchanged, answerWith, dayView, slot } from "../testing/views";
import { VirtualEnvironment } from "../testing/virtualEnvironment";
import type { Feed } from "./feed";
import { followDay } from "./feeds";

let world: VirtualEnvironment;
let feed: Feed<DayView>;
let renders: number;
let stop: () => void;

function follow(resourceId?: number): void {
  renders = 0;
  feed = followDay(world, 1, resourceId, "2026-11-25");
  stop = feed.subscribe(() => renders++);
}

const revision = () => ("view" in feed.state ? feed.state.view.revision : null);
const header = (name: string) => new Headers(world.latest.init.headers).get(name);

beforeEach(() => {
  world = new VirtualEnvironment();
});

describe("polling", () => {
  it("asks at once, and again at the pace the server advises", async () => {
    follow();
    expect(world.latest.url).toBe("/api/v1/services/1/days/2026-11-25");
    await world.latest.answer(answerWith(dayView({ next_poll_ms: 2_000 })));
    expect(feed.state.status).toBe("polling");
    await world.pass(1_999);
    expect(world.asked).toHaveLength(1);
    await world.pass(1);
    expect(world.asked).toHaveLength(2);
  });

  it.each([
    [0, 900],
    [0.999_999, 1_100],
  ])("spreads its polls by a tenth (chance %f)", async (chance, due) => {
    world.chance = chance;
    follow();
    await world.latest.answer(answerWith(dayView()));
    await world.pass(due - 1);
    expect(world.asked).toHaveLength(1);
    await world.pass(2);
    expect(world.asked).toHaveLength(2);
  });

  it("asks for one resource only when told so, and says what it has seen", async () => {
    follow(2);
    await world.latest.answer(answerWith(dayView({ revision: "7.3" })));
    await world.pass(1_000);
    expect(world.latest.url).toBe("/api/v1/services/1/days/2026-11-25?resource=2&seen=7.3");
    expect(header("If-None-Match")).toBe('"7.3"');
  });

  it("renders nothing while nothing changes", async () => {
    follow();
    await world.latest.answer(answerWith(dayView()));
    expect(renders).toBe(1);
    for (let poll = 0; poll < 60; poll++) {
      await world.pass(1_000);
      await world.latest.answer(answerUnchanged());
    }
    expect(renders).toBe(1);
    expect(feed.answers).toBe(61);
  });

  it("stops with its last subscriber", async () => {
    follow();
    await world.latest.answer(answerWith(dayView()));
    stop();
    await world.pass(60_000);
    expect(world.asked).toHaveLength(1);
  });
});

describe("an older answer", () => {
  it("is dropped when a newer request has been made", async () => {
    follow();
    const older = world.latest;
    feed.refresh();
    await world.latest.answer(answerWith(dayView({ revision: "2.1" })));
    await older.answer(answerWith(dayView({ revision: "1.1" })));
    expect(revision()).toBe("2.1");
  });

  it("is dropped even when it comes before the newer one", async () => {
    follow();
    const older = world.latest;
    feed.refresh();
    await older.answer(answerWith(dayView()));
    expect(feed.state.status).toBe("connecting");
  });

  it("aborts the request that nobody waits for any more", () => {
    follow();
    const older = world.latest;
    feed.refresh();
    expect(older.init.signal?.aborted).toBe(true);
  });
});

describe("a lost connection", () => {
  beforeEach(async () => {
    follow();
    await world.latest.answer(answerWith(dayView()));
    await world.pass(1_000);
  });

  it("shows the last state as reconnecting, after 5 seconds as unknown", async () => {
    await world.latest.fail();
    expect(feed.state.status).toBe("reconnecting");
    await world.pass(4_999);
    expect(feed.state.status).toBe("reconnecting");
    await world.pass(1);
    expect(feed.state).toEqual({ status: "unknown" });
  });

  it("is noticed as well when no answer comes at all", async () => {
    await world.pass(1_500);
    expect(feed.state.status).toBe("reconnecting");
    await world.pass(3_500);
    expect(feed.state.status).toBe("unknown");
  });

  it("is over with the first answer, be it that nothing has changed", async () => {
    await world.latest.fail();
    await world.pass(6_500);
    expect(feed.state.status).toBe("unknown");
    await world.latest.answer(answerUnchanged());
    expect(feed.state.status).toBe("polling");
    expect(revision()).toBe("1.1");
  });

  it("makes the pauses between tries longer", async () => {
    const gaps: number[] = [];
    for (let attempt = 0; attempt < 7; attempt++) {
      await world.latest.fail();
      const before = world.asked.length;
      const failedAt = world.clock.now();
      while (world.asked.length === before) await world.pass(50);
      gaps.push(world.clock.now() - failedAt);
    }
    expect(gaps).toEqual([750, 1_500, 3_000, 6_000, 11_250, 11_250, 11_250]);
  });

  it.each([500, 503, 429])("is what status %i amounts to", async (status) => {
    await world.latest.answer(new Response(null, { status }));
    expect(feed.state.status).toBe("reconnecting");
  });

  it("waits as long as Retry-After asks", async () => {
    await world.latest.answer(
      new Response(null, { status: 429, headers: { "Retry-After": "10" } }),
    );
    const before = world.asked.length;
    await world.pass(9_999);
    expect(world.asked).toHaveLength(before);
    await world.pass(1_001);
    expect(world.asked).toHaveLength(before + 1);
  });
});

describe("a hidden page", () => {
  it("asks nothing, and at once when it is seen again", async () => {
    follow();
    await world.latest.answer(answerWith(dayView()));
    await world.hide(true);
    await world.pass(60_000);
    expect(world.asked).toHaveLength(1);
    await world.hide(false);
    expect(world.asked).toHaveLength(2);
  });

  it("shows what it saw last as reconnecting when it is seen again, until it is answered", async () => {
    follow();
    await world.latest.answer(answerWith(dayView()));
    await world.hide(true);
    await world.pass(3_000);
    expect(feed.state.status).toBe("reconnecting");
    await world.hide(false);
    await world.latest.answer(answerUnchanged());
    expect(feed.state.status).toBe("polling");
  });

  it("is told what has changed meanwhile", async () => {
    follow();
    await world.latest.answer(answerWith(dayView()));
    await world.hide(true);
    await world.pass(60_000);
    await world.hide(false);
    const view = dayView({ revision: "2.1", slots: [slot({ state: "held" })] });
    await world.latest.answer(answerWith(view));
    expect(feed.state).toEqual({ status: "polling", view });
  });
});

describe("the server's clock", () => {
  it("is kept as an offset", async () => {
    follow();
    const server_time = new Date(world.clock.now() + 60_000).toISOString();
    await world.latest.answer(answerWith(dayView({ server_time })));
    expect(world.serverClock.now() - world.clock.now()).toBe(60_000);
  });

  it("isn't moved by less than the answer's own uncertainty", async () => {
    follow();
    await world.pass(1_000);
    const server_time = new Date(world.clock.now() - 900).toISOString();
    await world.latest.answer(answerWith(dayView({ server_time })));
    expect(world.serverClock.now()).toBe(world.clock.now());
  });
});
