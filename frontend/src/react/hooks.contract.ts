import { beforeEach, describe, expect, it } from "vitest";
import type { DayView } from "../core/wire";
import type { FeedState } from "../feed/feed";
import { answerUnchanged, answerWith, dayView, slot } from "../testing/views";
import { VirtualEnvironment } from "../testing/virtualEnvironment";
import { type SlotPolling, useSlotPolling } from "./useSlotPolling";
import { useSlots } from "./useSlots";

/** A library that runs hooks, in a component that only calls them. */
export interface Host {
  show(body: () => void): Promise<void>;
  leave(): Promise<void>;
  /** Runs an action and waits until its effects are rendered. */
  act(action: () => Promise<void>): Promise<void>;
}

const at = (time: string) => `2026-11-25T${time}:00Z`;
const heldSlots = (time: string) => [slot({ starts_at: at(time), state: "held", claims: ["a"] })];

/** Tests what the hooks promise, with React and with Preact. */
export function hooksKeepTheirPromises(host: Host): void {
  let world: VirtualEnvironment;
  let renders: number;

  beforeEach(() => {
    world = new VirtualEnvironment();
    renders = 0;
  });

  const answer = (view: DayView) => host.act(() => world.latest.answer(answerWith(view)));
  const say = (view: DayView) => host.act(() => world.newestStream.send(view));

  describe("useSlots", () => {
    let state: FeedState<DayView>;

    const show = (day = "2026-11-25") =>
      host.show(() => {
        renders++;
        state = useSlots(world, 1, undefined, day).state;
      });

    it("goes from connecting over polling to live, and back when the stream breaks", async () => {
      await show();
      expect(state.status).toBe("connecting");
      await answer(dayView());
      expect(state).toEqual({ status: "polling", view: dayView() });
      const view = dayView({ revision: "2.1", slots: heldSlots("09:00") });
      await say(dayView());
      await say(view);
      expect(state).toEqual({ status: "live", view });
      await host.act(() => world.newestStream.fail());
      await host.act(() => world.pass(100));
      await host.act(() => world.latest.answer(answerUnchanged()));
      expect(state).toEqual({ status: "polling", view });
    });

    it("renders once for what is new, and never for what isn't", async () => {
      await show();
      await answer(dayView());
      await say(dayView());
      const before = renders;
      await host.act(() => world.newestStream.send({ server_time: at("08:00") }));
      expect(renders).toBe(before);
      await say(dayView({ revision: "2.1" }));
      expect(renders).toBe(before + 1);
    });

    it("never offers what can't be told", async () => {
      await show();
      await answer(dayView({ degraded: ["unknown"] }));
      expect(state).toEqual({ status: "unknown" });
    });

    it("leaves the day before at once when another is opened", async () => {
      await show();
      await answer(dayView());
      const former = world.newestStream;
      await show("2026-11-26");
      expect(former.isClosed).toBe(true);
      expect(state.status).toBe("connecting");
      expect(world.latest.url).toContain("2026-11-26");
    });

    it("leaves nothing behind", async () => {
      await show();
      await answer(dayView());
      await host.leave();
      expect(world.pending).toBe(0);
      expect(world.newestStream.isClosed).toBe(true);
    });
  });

  describe("useSlotPolling", () => {
    let seen: SlotPolling;

    const show = () =>
      host.show(() => {
        seen = useSlotPolling({
          environment: world,
          date: "2026-11-25",
          employeeId: 1,
          enabled: true,
          clientId: null,
          selectedTime: null,
          excludeAppointmentId: null,
          serviceId: 1,
        });
      });

    it("shows what is pushed the moment it comes, under its old names", async () => {
      await show();
      await answer(dayView());
      await say(dayView());
      await say(dayView({ revision: "2.1", slots: heldSlots("09:00") }));
      expect(seen).toMatchObject({
        activeSelections: ["09:00"],
        bookedSlots: [],
        lockedSlots: [],
        isConnected: true,
        status: "live",
        pollCount: 3,
        lastUpdate: world.clock.now(),
      });
      expect(world.asked).toHaveLength(1);
    });

    it("goes on once a second without a stream, as it always did", async () => {
      await show();
      await answer(dayView());
      await host.act(() => world.newestStream.fail());
      await host.act(() => world.pass(1_000));
      await answer(dayView({ revision: "2.1", slots: heldSlots("09:30") }));
      expect(seen).toMatchObject({ activeSelections: ["09:30"], status: "polling" });
    });
  });
}
