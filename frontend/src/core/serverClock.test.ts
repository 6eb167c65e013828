import { beforeEach, describe, expect, it } from "vitest";
import { VirtualEnvironment } from "../testing/virtualEnvironment";
import { createServerClock, HTTP_DATE, type ServerClock } from "./serverClock";

let world: VirtualEnvironment;
let server: ServerClock;

const at = (ahead: number) => new Date(world.clock.now() + ahead).toISOString();
const ahead = () => server.now() - world.clock.now();

beforeEach(() => {
  world = new VirtualEnvironment();
  server = createServerClock(world.clock);
});

describe("the server's clock", () => {
  it("is where the answer says, half a round trip ago", async () => {
    const sentAt = world.clock.now();
    await world.pass(200);
    server.learn(at(3_600_000), sentAt);
    expect(ahead()).toBe(3_600_100);
  });

  it("is told by an HTTP date too, to the second", () => {
    const now = world.clock.now();
    server.learn(new Date(now + 3_600_000).toUTCString(), now, HTTP_DATE);
    expect(ahead()).toBe(3_601_000);
  });

  it("is never made less exact by an HTTP date", () => {
    const now = world.clock.now();
    server.learn(at(60_000), now);
    server.learn(new Date(now).toUTCString(), now, HTTP_DATE);
    expect(ahead()).toBe(60_000);
  });

  it("can't be earlier than what was pushed, however long that was on its way", () => {
    server.learn(at(5_000));
    server.learn(at(-3_600_000));
    expect(ahead()).toBe(5_000);
    server.learn(at(6_000));
    expect(ahead()).toBe(6_000);
  });

  it("learns nothing from an answer that names no time, or none that can be read", () => {
    server.learn(null, world.clock.now());
    server.learn("soon", world.clock.now());
    expect(ahead()).toBe(0);
  });
});
