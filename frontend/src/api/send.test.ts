import { beforeEach, expect, it } from "vitest";
import type { Hold } from "../core/wire";
import { VirtualEnvironment } from "../testing/virtualEnvironment";
import { send } from "./send";

let world: VirtualEnvironment;

const at = (ahead: number) => new Date(world.clock.now() + ahead).toISOString();
const millisecondsLeft = (instant: string | undefined) =>
  Date.parse(instant ?? "") - world.serverClock.now();

beforeEach(() => {
  world = new VirtualEnvironment();
});

async function receiveHold(answer: object): Promise<Hold> {
  const sent = send<Hold>(world, "/api/v1/holds", { method: "POST" });
  await world.pass(200);
  await world.latest.answer(new Response(JSON.stringify(answer), { status: 201 }));
  return sent;
}

it.each([-600_000, 0, 600_000])(
  "takes what is left from the seconds, though the clock of holds is off (%i ms)",
  async (off) => {
    for (const visitorIsOff of [-600_000, 0, 600_000]) {
      world.serverClock.learn(at(visitorIsOff), world.clock.now());
      const hold = await receiveHold({
        expires_at: at(visitorIsOff + off + 120_000),
        expires_in: 120,
        ends_at_latest: at(visitorIsOff + off + 900_000),
      });
      // The answer was written half of a round trip ago.
      expect(millisecondsLeft(hold.expires_at)).toBe(119_900);
      expect(millisecondsLeft(hold.ends_at_latest)).toBe(899_900);
    }
  },
);

it("leaves an answer as it is that has no deadline", async () => {
  const answer = { id: "1", expires_at: null, expires_in: null };
  expect(await receiveHold(answer)).toEqual(answer);
});

it("leaves an answer as it is that says for how long something is valid, but no deadline", async () => {
  const answer = { expires_in: 600 };
  expect(await receiveHold(answer)).toEqual(answer);
});
