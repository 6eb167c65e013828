import { beforeEach, describe, expect, it } from "vitest";
import {
  breakStream,
  feed,
  goLive,
  heartbeat,
  PATH,
  prepareWorld,
  revision,
  startPolling,
  viewOf,
  world,
} from "../testing/followedDay";
import { answerUnchanged, answerWith } from "../testing/views";

beforeEach(prepareWorld);

describe("a stream that breaks", () => {
  beforeEach(goLive);

  it("is replaced by polling at once", async () => {
    await breakStream();
    expect(world.asked).toHaveLength(2);
    expect(new Headers(world.latest.init.headers).get("If-None-Match")).toBe('"1.1"');
    await world.latest.answer(answerWith(viewOf(2)));
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
    await breakStream();
    await world.latest.answer(answerWith(viewOf(2)));
    await world.pass(649);
    expect(world.opened).toHaveLength(1);
    await world.pass(1);
    expect(world.newestStream.url).toBe(`${PATH}/stream?seen=2.1`);
    await world.newestStream.send(viewOf(2));
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
        await world.latest.answer(answerUnchanged());
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
      await world.latest.answer(answerUnchanged());
      while (world.opened.length === length) await world.pass(50);
      await world.newestStream.send(viewOf(1));
      return world.clock.now() - failedAt;
    };
    expect(await breakAndCount()).toBe(750);
    expect(await breakAndCount()).toBe(1_500);
    await world.newestStream.send(heartbeat());
    expect(await breakAndCount()).toBe(750);
  });

  it("isn't called live once polling doesn't answer either", async () => {
    await breakStream();
    await world.latest.fail();
    expect(feed.state.status).toBe("reconnecting");
    await world.pass(5_000);
    expect(feed.state).toEqual({ status: "unknown" });
  });
});

describe("a stream that says nothing", () => {
  it("is given up after two heartbeats, and polling takes over at once", async () => {
    await goLive();
    await world.pass(29_999);
    expect(feed.state.status).toBe("live");
    expect(world.newestStream.isClosed).toBe(false);
    await world.pass(1);
    expect(world.newestStream.isClosed).toBe(true);
    await world.pass(100);
    expect(world.asked).toHaveLength(2);
    await world.latest.answer(answerWith(viewOf(2)));
    expect(revision()).toBe("2.1");
  });

  it("is given more time by every heartbeat", async () => {
    await goLive();
    for (let heartbeats = 0; heartbeats < 4; heartbeats++) {
      await world.pass(29_000);
      await world.newestStream.send(heartbeat());
    }
    expect(feed.state.status).toBe("live");
  });

  it("is given up after as long as it was set to", async () => {
    world.streamTimeout = 1_000;
    await goLive();
    await world.pass(1_100);
    expect(world.asked).toHaveLength(2);
  });

  it("from the beginning is opened anew, while polling goes on", async () => {
    await startPolling();
    for (let second = 0; second < 31; second++) {
      await world.pass(1_000);
      await world.latest.answer(answerUnchanged());
    }
    expect(world.opened[0]?.isClosed).toBe(true);
    expect(world.opened).toHaveLength(2);
    expect(feed.state.status).toBe("polling");
    expect(world.asked.length).toBeGreaterThanOrEqual(31);
  });
});

describe("a planned end", () => {
  beforeEach(goLive);

  it("is followed by another stream after the time that the server says, without a poll", async () => {
    await world.newestStream.send({ retry_ms: 400 });
    expect(world.newestStream.isClosed).toBe(true);
    await world.pass(399);
    expect(world.opened).toHaveLength(1);
    await world.pass(1);
    expect(world.opened).toHaveLength(2);
    await world.newestStream.send(viewOf(2));
    await world.pass(5_000);
    expect(world.asked).toHaveLength(1);
    expect(revision()).toBe("2.1");
  });

  it.each([
    [0, 200],
    [0.999_999, 600],
  ])("is spread, so that not all come back at once (chance %f)", async (chance, due) => {
    world.chance = chance;
    await world.newestStream.send({ retry_ms: 400 });
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
    await world.newestStream.send({ retry_ms: 5_000 });
    await world.pass(due - 1);
    expect(world.asked).toHaveLength(1);
    await world.pass(1);
    expect(world.asked).toHaveLength(2);
    await world.latest.answer(answerUnchanged());
    expect(feed.state.status).toBe("polling");
  });
});
