import { beforeEach, describe, expect, it } from "vitest";
import type { Board, DayView } from "../core/wire";
import { answered, dayView, slot, unchanged } from "../testing/views";
import { VirtualEnvironment } from "../testing/virtualEnvironment";
import type { Feed } from "./feed";
import { followBoard, followDay } from "./feeds";

const PATH = "/api/v1/services/1/days/2026-11-25";

let world: VirtualEnvironment;
let feed: Feed<DayView>;
let stop: () => void;

const revision = () => ("view" in feed.state ? feed.state.view.revision : null);
const viewOf = (number: number) => dayView({ revision: `${number}.1` });
const beat = () => ({ server_time: new Date(world.clock.now()).toISOString() });

function follow(resourceId?: number): void {
  feed = followDay(world, 1, resourceId, "2026-11-25");
  stop = feed.subscribe(() => {});
}

/** Followed by polling, with the stream asked for. */
async function polled(): Promise<void> {
  follow();
  await world.latest.answer(answered(viewOf(1)));
}

/** Followed by a stream. */
async function live(): Promise<void> {
  await polled();
  await world.newestStream.say(viewOf(1));
  expect(feed.state.status).toBe("live");
}

/** The stream breaks, and what bridges it has been asked for. */
async function cut(): Promise<void> {
  await world.newestStream.fail();
  await world.pass(100);
}

beforeEach(() => {
  world = new VirtualEnvironment();
});

describe("from polling to the stream", () => {
  it("polls at once, and opens the stream when that is answered, with what it has seen", async () => {
    follow(2);
    expect(world.asked).toHaveLength(1);
    expect(world.opened).toHaveLength(0);
    await world.latest.answer(answered(viewOf(7)));
    expect(world.newestStream.url).toBe(`${PATH}/stream?resource=2&seen=7.1`);
  });

  it("follows a board at the board's own address", async () => {
    const board = followBoard(world, 3, "2026-11-25");
    board.subscribe(() => {});
    const { slots: _slots, service_id: _service, ...view } = viewOf(1);
    const seen: Board = { ...view, resource_id: 3, open: [], busy: [] };
    await world.latest.answer(Response.json(seen));
    expect(world.newestStream.url).toBe("/api/v1/boards/3/2026-11-25/stream?seen=1.1");
    await world.newestStream.say({ ...seen, revision: "2.1" });
    expect(board.state).toMatchObject({ status: "live", view: { revision: "2.1" } });
  });

  it("opens no stream before the page has loaded, and polls meanwhile", async () => {
    let load = () => {};
    world.loaded = new Promise<void>((resolve) => {
      load = resolve;
    });
    await polled();
    await world.pass(1_000);
    await world.latest.answer(unchanged());
    expect(world.opened).toHaveLength(0);
    load();
    await world.pass(0);
    expect(world.opened).toHaveLength(1);
  });

  it("goes on polling until the stream's first event", async () => {
    await polled();
    for (let poll = 2; poll < 12; poll++) {
      await world.pass(1_000);
      expect(world.asked).toHaveLength(poll);
      await world.latest.answer(unchanged());
    }
    expect(feed.state.status).toBe("polling");
    expect(world.opened).toHaveLength(1);
  });

  it("polls no more from the first event on", async () => {
    await live();
    for (let beats = 0; beats < 10; beats++) {
      await world.pass(15_000);
      await world.newestStream.say(beat());
    }
    expect(world.asked).toHaveLength(1);
    expect(feed.state.status).toBe("live");
  });

  it("shows each event at once", async () => {
    await live();
    const view = dayView({ revision: "2.1", slots: [slot({ state: "held" })] });
    await world.newestStream.say(view);
    expect(feed.state).toEqual({ status: "live", view });
  });

  it("renders nothing for a heartbeat", async () => {
    await live();
    let renders = 0;
    feed.subscribe(() => renders++);
    await world.newestStream.say(beat());
    expect(renders).toBe(0);
  });

  it("asks nothing when told to refresh", async () => {
    await live();
    feed.refresh();
    expect(world.asked).toHaveLength(1);
  });
});

describe("one source at a time", () => {
  it("drops the poll that is still out when the stream begins", async () => {
    await polled();
    await world.pass(1_000);
    const late = world.latest;
    await world.newestStream.say(viewOf(1));
    expect(late.init.signal?.aborted).toBe(true);
    await late.answer(answered(viewOf(9)));
    expect(revision()).toBe("1.1");
  });

  it("opens anew a stream that may be behind what a poll has told since", async () => {
    await polled();
    const behind = world.newestStream;
    await world.pass(1_000);
    await world.latest.answer(answered(viewOf(2)));
    await behind.say(viewOf(1));
    expect(revision()).toBe("2.1");
    expect(behind.isClosed).toBe(true);
    expect(world.newestStream.url).toBe(`${PATH}/stream?seen=2.1`);
    await world.newestStream.say(viewOf(2));
    expect(feed.state.status).toBe("live");
    await world.pass(10_000);
    expect(world.asked).toHaveLength(2);
  });

  it("polls on within a second when the one opened anew says nothing", async () => {
    await polled();
    const behind = world.newestStream;
    await world.pass(1_000);
    await world.latest.answer(answered(viewOf(2)));
    await behind.say(viewOf(1));
    await world.pass(1_000);
    expect(world.asked).toHaveLength(3);
  });

  it("hears nothing from a stream that has been closed", async () => {
    await live();
    const former = world.newestStream;
    await cut();
    await former.say(viewOf(9));
    await former.fail();
    await world.latest.answer(unchanged());
    expect(revision()).toBe("1.1");
    await world.pass(1_000);
    expect(world.opened).toHaveLength(2);
  });

  it("never has two streams open", async () => {
    await live();
    for (let change = 0; change < 20; change++) {
      await world.newestStream.fail();
      await world.turn(change % 2 === 0);
      await world.pass(700);
      expect(world.opened.filter(({ isClosed }) => !isClosed).length).toBeLessThanOrEqual(1);
    }
  });
});

describe("a stream that breaks", () => {
  beforeEach(live);

  it("is replaced by polling at once", async () => {
    await cut();
    expect(world.asked).toHaveLength(2);
    expect(new Headers(world.latest.init.headers).get("If-None-Match")).toBe('"1.1"');
    await world.latest.answer(answered(viewOf(2)));
    expect(feed.state).toMatchObject({ status: "polling", view: { revision: "2.1" } });
  });

  it.each([
    [0.1, 20],
    [0.999_999, 200],
  ])("isn't replaced by everybody in the same moment (chance %f)", async (chance, due) => {
    world.chance = chance;
    await world.newestStream.fail();
    await world.pass(due - 1);
    expect(world.asked).toHaveLength(1);
    await world.pass(1);
    expect(world.asked).toHaveLength(2);
  });

  it("is closed, since it might stop for good or come back with what is old", async () => {
    await world.newestStream.fail();
    expect(world.opened[0]?.isClosed).toBe(true);
  });

  it("is opened anew soon, with what was seen by then", async () => {
    await cut();
    await world.latest.answer(answered(viewOf(2)));
    await world.pass(649);
    expect(world.opened).toHaveLength(1);
    await world.pass(1);
    expect(world.newestStream.url).toBe(`${PATH}/stream?seen=2.1`);
    await world.newestStream.say(viewOf(2));
    expect(feed.state.status).toBe("live");
    const { length } = world.asked;
    await world.pass(10_000);
    expect(world.asked).toHaveLength(length);
  });

  it.each([
    [0, 500],
    [0.999_999, 1_000],
  ])("is opened anew by chance sooner or later (%f)", async (chance, due) => {
    world.chance = chance;
    await world.newestStream.fail();
    await world.pass(due - 1);
    expect(world.opened).toHaveLength(1);
    await world.pass(2);
    expect(world.opened).toHaveLength(2);
  });

  it("is tried ever more seldom while it is refused, and polling goes on", async () => {
    const gaps: number[] = [];
    for (let attempt = 0; attempt < 7; attempt++) {
      await world.newestStream.fail();
      const { length } = world.opened;
      const failedAt = world.clock.now();
      while (world.opened.length === length) {
        await world.latest.answer(unchanged());
        await world.pass(50);
      }
      gaps.push(world.clock.now() - failedAt);
    }
    expect(gaps).toEqual([750, 1_500, 3_000, 6_000, 11_250, 11_250, 11_250]);
    expect(feed.state.status).toBe("polling");
    expect(world.asked.length).toBeGreaterThan(40);
  });

  it("is forgiven after a heartbeat, not for the first event alone", async () => {
    const breakAndCount = async () => {
      await world.newestStream.fail();
      const { length } = world.opened;
      const failedAt = world.clock.now();
      await world.latest.answer(unchanged());
      while (world.opened.length === length) await world.pass(50);
      await world.newestStream.say(viewOf(1));
      return world.clock.now() - failedAt;
    };
    expect(await breakAndCount()).toBe(750);
    expect(await breakAndCount()).toBe(1_500);
    await world.newestStream.say(beat());
    expect(await breakAndCount()).toBe(750);
  });

  it("isn't called live once polling doesn't answer either", async () => {
    await cut();
    await world.latest.fail();
    expect(feed.state.status).toBe("reconnecting");
    await world.pass(5_000);
    expect(feed.state).toEqual({ status: "unknown" });
  });
});

describe("a stream that says nothing", () => {
  it("is given up after two heartbeats, and polling takes over at once", async () => {
    await live();
    await world.pass(29_999);
    expect(feed.state.status).toBe("live");
    expect(world.newestStream.isClosed).toBe(false);
    await world.pass(1);
    expect(world.newestStream.isClosed).toBe(true);
    await world.pass(100);
    expect(world.asked).toHaveLength(2);
    await world.latest.answer(answered(viewOf(2)));
    expect(revision()).toBe("2.1");
  });

  it("is given more time by every heartbeat", async () => {
    await live();
    for (let beats = 0; beats < 4; beats++) {
      await world.pass(29_000);
      await world.newestStream.say(beat());
    }
    expect(feed.state.status).toBe("live");
  });

  it("is given up after as long as it was set to", async () => {
    world.streamTimeout = 1_000;
    await live();
    await world.pass(1_100);
    expect(world.asked).toHaveLength(2);
  });

  it("from the beginning is opened anew, while polling goes on", async () => {
    await polled();
    for (let second = 0; second < 31; second++) {
      await world.pass(1_000);
      await world.latest.answer(unchanged());
    }
    expect(world.opened[0]?.isClosed).toBe(true);
    expect(world.opened).toHaveLength(2);
    expect(feed.state.status).toBe("polling");
    expect(world.asked.length).toBeGreaterThanOrEqual(31);
  });
});

describe("a planned end", () => {
  beforeEach(live);

  it("is followed by another stream after the time that the server says, without a poll", async () => {
    await world.newestStream.say({ retry_ms: 400 });
    expect(world.newestStream.isClosed).toBe(true);
    await world.pass(399);
    expect(world.opened).toHaveLength(1);
    await world.pass(1);
    expect(world.opened).toHaveLength(2);
    await world.newestStream.say(viewOf(2));
    await world.pass(5_000);
    expect(world.asked).toHaveLength(1);
    expect(revision()).toBe("2.1");
  });

  it.each([
    [0, 200],
    [0.999_999, 600],
  ])("is spread, so that not all come back at once (chance %f)", async (chance, due) => {
    world.chance = chance;
    await world.newestStream.say({ retry_ms: 400 });
    await world.pass(due - 1);
    expect(world.opened).toHaveLength(1);
    await world.pass(2);
    expect(world.opened).toHaveLength(2);
  });

  it.each([
    [0, 100],
    [0.2, 300],
    [0.4, 500],
    [0.6, 700],
    [0.8, 900],
    [0.999_999, 1_100],
  ])("is bridged by a poll, each viewer's at another moment (chance %f)", async (chance, due) => {
    world.chance = chance;
    await world.newestStream.say({ retry_ms: 5_000 });
    await world.pass(due - 1);
    expect(world.asked).toHaveLength(1);
    await world.pass(1);
    expect(world.asked).toHaveLength(2);
    await world.latest.answer(unchanged());
    expect(feed.state.status).toBe("polling");
  });
});

describe("a hidden tab", () => {
  beforeEach(live);

  it("keeps its stream for a minute, and needs nothing when it is seen again", async () => {
    await world.hide(true);
    await world.newestStream.say(beat());
    await world.pass(29_000);
    await world.newestStream.say(viewOf(2));
    await world.pass(29_000);
    await world.hide(false);
    expect(revision()).toBe("2.1");
    expect(world.asked).toHaveLength(1);
    await world.newestStream.say(beat());
    await world.pass(20_000);
    expect(world.newestStream.isClosed).toBe(false);
  });

  it("closes its stream after a minute and asks nothing from then on", async () => {
    await world.hide(true);
    await world.pass(29_000);
    await world.newestStream.say(beat());
    await world.pass(29_000);
    await world.newestStream.say(beat());
    await world.pass(1_999);
    expect(world.newestStream.isClosed).toBe(false);
    await world.pass(1);
    expect(world.newestStream.isClosed).toBe(true);
    await world.pass(600_000);
    expect(world.asked).toHaveLength(1);
    expect(world.opened).toHaveLength(1);
  });

  it("isn't called live from then on until it has been told something", async () => {
    await world.hide(true);
    await world.pass(25_000);
    await world.newestStream.say(beat());
    await world.pass(25_000);
    await world.newestStream.say(beat());
    expect(feed.state.status).toBe("live");
    await world.pass(10_000);
    expect(feed.state).toEqual({ status: "reconnecting", view: viewOf(1) });
    await world.hide(false);
    expect(feed.state.status).toBe("reconnecting");
    await world.latest.answer(unchanged());
    expect(feed.state.status).toBe("polling");
  });

  it.each([
    ["breaks", () => world.newestStream.fail()],
    ["is ended by the server", () => world.newestStream.say({ retry_ms: 400 })],
  ])("isn't called live either once its stream %s", async (_, end) => {
    await world.hide(true);
    await end();
    await world.pass(3_000);
    expect(feed.state.status).toBe("reconnecting");
    await world.hide(false);
    expect(feed.state.status).toBe("reconnecting");
    await world.latest.answer(unchanged());
    expect(feed.state.status).toBe("polling");
  });

  it("doesn't flicker when it was hidden for a second", async () => {
    const seen: string[] = [];
    feed.subscribe(() => seen.push(feed.state.status));
    await world.hide(true);
    await world.pass(1_000);
    await world.hide(false);
    await world.newestStream.fail();
    await world.hide(true);
    await world.pass(1_000);
    await world.hide(false);
    await world.latest.answer(unchanged());
    expect(seen).toEqual(["polling"]);
  });

  it("polls at once and streams again when it is seen again", async () => {
    await world.hide(true);
    await world.pass(600_000);
    await world.hide(false);
    expect(world.asked).toHaveLength(2);
    await world.latest.answer(answered(viewOf(2)));
    expect(revision()).toBe("2.1");
    expect(world.newestStream.url).toBe(`${PATH}/stream?seen=2.1`);
    await world.newestStream.say(viewOf(2));
    expect(feed.state.status).toBe("live");
  });

  it("doesn't mourn a stream that breaks meanwhile", async () => {
    await world.hide(true);
    await world.newestStream.fail();
    await world.pass(30_000);
    expect(world.asked).toHaveLength(1);
    expect(world.opened).toHaveLength(1);
    await world.hide(false);
    expect(world.asked).toHaveLength(2);
  });
});

describe("a network or page that goes and comes back", () => {
  beforeEach(live);

  it("closes the stream when it goes, so that the browser may keep the page", async () => {
    await world.turn(false);
    expect(world.newestStream.isClosed).toBe(true);
  });

  it("is noticed within the pace of polling even if the browser was wrong", async () => {
    await world.turn(false);
    expect(world.asked).toHaveLength(1);
    await world.pass(1_000);
    await world.latest.fail();
    expect(feed.state.status).toBe("reconnecting");
  });

  it("isn't called live when it is back, until it has been told something", async () => {
    await world.turn(false);
    await world.turn(true);
    expect(feed.state.status).toBe("reconnecting");
    await world.latest.answer(unchanged());
    expect(feed.state.status).toBe("polling");
  });

  it("polls at once and streams again when it is back", async () => {
    await world.turn(false);
    await world.turn(true);
    expect(world.asked).toHaveLength(2);
    await world.latest.answer(answered(viewOf(2)));
    expect(world.newestStream.url).toBe(`${PATH}/stream?seen=2.1`);
  });

  it("doesn't wait out a backoff when it is back", async () => {
    for (let attempt = 0; attempt < 5; attempt++) {
      await world.newestStream.fail();
      await world.latest.fail();
      await world.pass(12_000);
    }
    await world.newestStream.fail();
    const { asked, opened } = world;
    const before = asked.length;
    await world.turn(true);
    expect(asked).toHaveLength(before + 1);
    await world.latest.answer(unchanged());
    const { length } = opened;
    await world.newestStream.fail();
    await world.pass(750);
    expect(opened).toHaveLength(length + 1);
  });

  it("trusts no stream from before, which may be dead without knowing", async () => {
    const former = world.newestStream;
    await world.turn(true);
    expect(former.isClosed).toBe(true);
    expect(world.asked).toHaveLength(2);
  });
});

describe("what the server can't tell", () => {
  it("is unknown, live as well", async () => {
    await live();
    await world.newestStream.say(dayView({ revision: "2.1~unknown~0", degraded: ["unknown"] }));
    expect(feed.state).toEqual({ status: "unknown" });
    await world.newestStream.say(viewOf(3));
    expect(feed.state.status).toBe("live");
  });

  it("stays unknown while nothing changes", async () => {
    follow();
    await world.latest.answer(answered(dayView({ degraded: ["unknown"] })));
    await world.pass(1_000);
    await world.latest.answer(unchanged());
    expect(feed.state).toEqual({ status: "unknown" });
  });
});

describe("after the last subscriber has left", () => {
  it.each([
    ["polling", polled],
    ["live", live],
    [
      "waiting for the next stream",
      async () => {
        await live();
        await world.newestStream.fail();
      },
    ],
    [
      "hidden",
      async () => {
        await live();
        await world.hide(true);
      },
    ],
  ])("nothing is left of a feed that was %s", async (_, reach) => {
    await reach();
    const { asked, opened } = world;
    const before = [asked.length, opened.length];
    let renders = 0;
    feed.subscribe(() => renders++)();
    stop();
    expect(world.pending).toBe(0);
    expect(opened.every(({ isClosed }) => isClosed)).toBe(true);
    await world.newestStream.say(viewOf(9));
    await world.latest.answer(answered(viewOf(9)));
    await world.hide(false);
    await world.turn(true);
    await world.pass(120_000);
    expect([asked.length, opened.length]).toEqual(before);
    expect(renders).toBe(0);
    expect(feed.state.status).toBe("connecting");
  });

  it("nothing is left when it leaves upon the very answer", async () => {
    feed = followDay(world, 1, undefined, "2026-11-25");
    const leave: () => void = feed.subscribe(() => leave());
    await world.latest.answer(answered(viewOf(1)));
    expect(world.pending).toBe(0);
    expect(world.opened).toHaveLength(0);
  });

  it("it can be followed again, from what was seen", async () => {
    await live();
    stop();
    stop = feed.subscribe(() => {});
    expect(world.latest.url).toBe(`${PATH}?seen=1.1`);
    await world.latest.answer(unchanged());
    expect(feed.state).toMatchObject({ status: "polling", view: { revision: "1.1" } });
  });
});

describe("the server's clock", () => {
  it("is learnt from heartbeats, which can only be late", async () => {
    await live();
    await world.newestStream.say({
      server_time: new Date(world.clock.now() + 60_000).toISOString(),
    });
    expect(world.serverClock.now() - world.clock.now()).toBe(60_000);
    await world.newestStream.say({
      server_time: new Date(world.clock.now() - 60_000).toISOString(),
    });
    expect(world.serverClock.now() - world.clock.now()).toBe(60_000);
  });
});
