import { beforeEach, describe, expect, it } from "vitest";
import type { Board } from "../core/wire";
import {
  breakStream,
  feed,
  follow,
  goLive,
  heartbeat,
  PATH,
  prepareWorld,
  revision,
  startPolling,
  stop,
  viewOf,
  world,
} from "../testing/followedDay";
import { answerUnchanged, answerWith, dayView, slot } from "../testing/views";
import { followBoard, followDay } from "./feeds";

beforeEach(prepareWorld);

describe("from polling to the stream", () => {
  it("polls at once, and opens the stream when that is answered, with what it has seen", async () => {
    follow(2);
    expect(world.asked).toHaveLength(1);
    expect(world.opened).toHaveLength(0);
    await world.latest.answer(answerWith(viewOf(7)));
    expect(world.newestStream.url).toBe(`${PATH}/stream?resource=2&seen=7.1`);
  });

  it("follows a board at the board's own address", async () => {
    const board = followBoard(world, 3, "2026-11-25");
    board.subscribe(() => {});
    const { slots: _slots, service_id: _service, ...view } = viewOf(1);
    const seen: Board = { ...view, resource_id: 3, open: [], busy: [] };
    await world.latest.answer(Response.json(seen));
    expect(world.newestStream.url).toBe("/api/v1/boards/3/2026-11-25/stream?seen=1.1");
    await world.newestStream.send({ ...seen, revision: "2.1" });
    expect(board.state).toMatchObject({ status: "live", view: { revision: "2.1" } });
  });

  it("opens no stream before the page has loaded, and polls meanwhile", async () => {
    let load = () => {};
    world.loaded = new Promise<void>((resolve) => {
      load = resolve;
    });
    await startPolling();
    await world.pass(1_000);
    await world.latest.answer(answerUnchanged());
    expect(world.opened).toHaveLength(0);
    load();
    await world.pass(0);
    expect(world.opened).toHaveLength(1);
  });

  it("goes on polling until the stream's first event", async () => {
    await startPolling();
    for (let poll = 2; poll < 12; poll++) {
      await world.pass(1_000);
      expect(world.asked).toHaveLength(poll);
      await world.latest.answer(answerUnchanged());
    }
    expect(feed.state.status).toBe("polling");
    expect(world.opened).toHaveLength(1);
  });

  it("polls no more from the first event on", async () => {
    await goLive();
    for (let heartbeats = 0; heartbeats < 10; heartbeats++) {
      await world.pass(15_000);
      await world.newestStream.send(heartbeat());
    }
    expect(world.asked).toHaveLength(1);
    expect(feed.state.status).toBe("live");
  });

  it("shows each event at once", async () => {
    await goLive();
    const view = dayView({ revision: "2.1", slots: [slot({ state: "held" })] });
    await world.newestStream.send(view);
    expect(feed.state).toEqual({ status: "live", view });
  });

  it("renders nothing for a heartbeat", async () => {
    await goLive();
    let renders = 0;
    feed.subscribe(() => renders++);
    await world.newestStream.send(heartbeat());
    expect(renders).toBe(0);
  });

  it("asks nothing when told to refresh", async () => {
    await goLive();
    feed.refresh();
    expect(world.asked).toHaveLength(1);
  });
});

describe("one source at a time", () => {
  it("drops the poll that is still out when the stream begins", async () => {
    await startPolling();
    await world.pass(1_000);
    const late = world.latest;
    await world.newestStream.send(viewOf(1));
    expect(late.init.signal?.aborted).toBe(true);
    await late.answer(answerWith(viewOf(9)));
    expect(revision()).toBe("1.1");
  });

  it("opens anew a stream that may be behind what a poll has told since", async () => {
    await startPolling();
    const behind = world.newestStream;
    await world.pass(1_000);
    await world.latest.answer(answerWith(viewOf(2)));
    await behind.send(viewOf(1));
    expect(revision()).toBe("2.1");
    expect(behind.isClosed).toBe(true);
    expect(world.newestStream.url).toBe(`${PATH}/stream?seen=2.1`);
    await world.newestStream.send(viewOf(2));
    expect(feed.state.status).toBe("live");
    await world.pass(10_000);
    expect(world.asked).toHaveLength(2);
  });

  it("polls on within a second when the one opened anew says nothing", async () => {
    await startPolling();
    const behind = world.newestStream;
    await world.pass(1_000);
    await world.latest.answer(answerWith(viewOf(2)));
    await behind.send(viewOf(1));
    await world.pass(1_000);
    expect(world.asked).toHaveLength(3);
  });

  it("hears nothing from a stream that has been closed", async () => {
    await goLive();
    const former = world.newestStream;
    await breakStream();
    await former.send(viewOf(9));
    await former.fail();
    await world.latest.answer(answerUnchanged());
    expect(revision()).toBe("1.1");
    await world.pass(1_000);
    expect(world.opened).toHaveLength(2);
  });

  it("never has two streams open", async () => {
    await goLive();
    for (let change = 0; change < 20; change++) {
      await world.newestStream.fail();
      await world.turn(change % 2 === 0);
      await world.pass(700);
      expect(world.opened.filter(({ isClosed }) => !isClosed).length).toBeLessThanOrEqual(1);
    }
  });
});

describe("what the server can't tell", () => {
  it("is unknown, live as well", async () => {
    await goLive();
    await world.newestStream.send(dayView({ revision: "2.1~unknown~0", degraded: ["unknown"] }));
    expect(feed.state).toEqual({ status: "unknown" });
    await world.newestStream.send(viewOf(3));
    expect(feed.state.status).toBe("live");
  });

  it("stays unknown while nothing changes", async () => {
    follow();
    await world.latest.answer(answerWith(dayView({ degraded: ["unknown"] })));
    await world.pass(1_000);
    await world.latest.answer(answerUnchanged());
    expect(feed.state).toEqual({ status: "unknown" });
  });
});

describe("after the last subscriber has left", () => {
  it.each([
    ["polling", startPolling],
    ["live", goLive],
    [
      "waiting for the next stream",
      async () => {
        await goLive();
        await world.newestStream.fail();
      },
    ],
    [
      "hidden",
      async () => {
        await goLive();
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
    await world.newestStream.send(viewOf(9));
    await world.latest.answer(answerWith(viewOf(9)));
    await world.hide(false);
    await world.turn(true);
    await world.pass(120_000);
    expect([asked.length, opened.length]).toEqual(before);
    expect(renders).toBe(0);
    expect(feed.state.status).toBe("connecting");
  });

  it("nothing is left when it leaves upon the very answer", async () => {
    const feed = followDay(world, 1, undefined, "2026-11-25");
    const leave: () => void = feed.subscribe(() => leave());
    await world.latest.answer(answerWith(viewOf(1)));
    expect(world.pending).toBe(0);
    expect(world.opened).toHaveLength(0);
  });

  it("it can be followed again, from what was seen", async () => {
    await goLive();
    stop();
    feed.subscribe(() => {});
    expect(world.latest.url).toBe(`${PATH}?seen=1.1`);
    await world.latest.answer(answerUnchanged());
    expect(feed.state).toMatchObject({ status: "polling", view: { revision: "1.1" } });
  });
});

describe("the server's clock", () => {
  it("is learnt from heartbeats, which can only be late", async () => {
    await goLive();
    await world.newestStream.send({
      server_time: new Date(world.clock.now() + 60_000).toISOString(),
    });
    expect(world.serverClock.now() - world.clock.now()).toBe(60_000);
    await world.newestStream.send({
      server_time: new Date(world.clock.now() - 60_000).toISOString(),
    });
    expect(world.serverClock.now() - world.clock.now()).toBe(60_000);
  });
});
