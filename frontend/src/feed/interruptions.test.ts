import { beforeEach, describe, expect, it } from "vitest";
import {
  feed,
  goLive,
  heartbeat,
  PATH,
  prepareWorld,
  revision,
  viewOf,
  world,
} from "../testing/followedDay";
import { answerUnchanged, answerWith } from "../testing/views";

beforeEach(prepareWorld);

describe("a hidden tab", () => {
  beforeEach(goLive);

  it("keeps its stream for a minute, and needs nothing when it is seen again", async () => {
    await world.hide(true);
    await world.newestStream.send(heartbeat());
    await world.pass(29_000);
    await world.newestStream.send(viewOf(2));
    await world.pass(29_000);
    await world.hide(false);
    expect(revision()).toBe("2.1");
    expect(world.asked).toHaveLength(1);
    await world.newestStream.send(heartbeat());
    await world.pass(20_000);
    expect(world.newestStream.isClosed).toBe(false);
  });

  it("closes its stream after a minute and asks nothing from then on", async () => {
    await world.hide(true);
    await world.pass(29_000);
    await world.newestStream.send(heartbeat());
    await world.pass(29_000);
    await world.newestStream.send(heartbeat());
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
    await world.newestStream.send(heartbeat());
    await world.pass(25_000);
    await world.newestStream.send(heartbeat());
    expect(feed.state.status).toBe("live");
    await world.pass(10_000);
    expect(feed.state).toEqual({ status: "reconnecting", view: viewOf(1) });
    await world.hide(false);
    expect(feed.state.status).toBe("reconnecting");
    await world.latest.answer(answerUnchanged());
    expect(feed.state.status).toBe("polling");
  });

  it.each([
    ["breaks", () => world.newestStream.fail()],
    ["is ended by the server", () => world.newestStream.send({ retry_ms: 400 })],
  ])("isn't called live either once its stream %s", async (_, end) => {
    await world.hide(true);
    await end();
    await world.pass(3_000);
    expect(feed.state.status).toBe("reconnecting");
    await world.hide(false);
    expect(feed.state.status).toBe("reconnecting");
    await world.latest.answer(answerUnchanged());
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
    await world.latest.answer(answerUnchanged());
    expect(seen).toEqual(["polling"]);
  });

  it("polls at once and streams again when it is seen again", async () => {
    await world.hide(true);
    await world.pass(600_000);
    await world.hide(false);
    expect(world.asked).toHaveLength(2);
    await world.latest.answer(answerWith(viewOf(2)));
    expect(revision()).toBe("2.1");
    expect(world.newestStream.url).toBe(`${PATH}/stream?seen=2.1`);
    await world.newestStream.send(viewOf(2));
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
  beforeEach(goLive);

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
    await world.latest.answer(answerUnchanged());
    expect(feed.state.status).toBe("polling");
  });

  it("polls at once and streams again when it is back", async () => {
    await world.turn(false);
    await world.turn(true);
    expect(world.asked).toHaveLength(2);
    await world.latest.answer(answerWith(viewOf(2)));
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
    await world.latest.answer(answerUnchanged());
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
