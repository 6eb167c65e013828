import { render } from "preact";
import { act } from "preact/test-utils";
import { beforeEach, expect, it } from "vitest";
import { answerWith, dayView, slot } from "../testing/views";
import { VirtualEnvironment } from "../testing/virtualEnvironment";
import { type SlotPolling, type SlotPollingOptions, useSlotPolling } from "./useSlotPolling";

let world: VirtualEnvironment;
let seen: SlotPolling;
let page: HTMLElement;

function Probe(options: SlotPollingOptions) {
  seen = useSlotPolling(options);
  return null;
}

async function show(change: Partial<SlotPollingOptions> = {}): Promise<void> {
  const options: SlotPollingOptions = {
    environment: world,
    date: "2026-11-25",
    employeeId: 1,
    enabled: true,
    clientId: null,
    selectedTime: null,
    excludeAppointmentId: null,
    serviceId: 1,
    ...change,
  };
  await act(() => render(<Probe {...options} />, page));
}

const answer = (slots = [slot()]) => act(() => world.latest.answer(answerWith(dayView({ slots }))));

const at = (time: string) => `2026-11-25T${time}:00Z`;

beforeEach(() => {
  world = new VirtualEnvironment();
  page = document.createElement("div");
});

it("lists what others hold, have taken and are booking, as local times", async () => {
  await show();
  await answer([
    slot({ starts_at: at("09:00"), state: "held", claims: ["a"] }),
    slot({ starts_at: at("09:30"), state: "taken", claims: ["b"] }),
    slot({ starts_at: at("10:00"), state: "pending", claims: ["c"] }),
    slot({ starts_at: at("10:30"), state: "free" }),
  ]);
  expect(seen).toMatchObject({
    activeSelections: ["09:00"],
    bookedSlots: ["09:30"],
    lockedSlots: ["10:00"],
    isConnected: true,
    status: "polling",
    pollCount: 1,
  });
});

it("never lists the caller's own", async () => {
  const slots = [slot({ starts_at: at("09:00"), state: "held", claims: ["own"] })];
  await show({ clientId: "own" });
  await answer(slots);
  expect(seen.activeSelections).toEqual([]);
  await show({ clientId: null, selectedTime: "09:00" });
  expect(seen.activeSelections).toEqual([]);
});

it("follows the employee's board without a service", async () => {
  await show({ serviceId: undefined });
  expect(world.latest.url).toBe("/api/v1/boards/1/2026-11-25");
});

it("asks nothing while it isn't enabled", async () => {
  await show({ enabled: false });
  expect(world.asked).toEqual([]);
});

it("says that it can't tell when the server can't", async () => {
  await show();
  await act(() => world.latest.answer(answerWith(dayView({ degraded: ["unknown"], slots: [] }))));
  expect(seen.status).toBe("unknown");
  expect(seen.slots).toBeNull();
});

it("shows nothing of the day before when another is opened", async () => {
  await show();
  await answer();
  expect(seen.slots).toHaveLength(1);
  await show({ date: "2026-11-26" });
  expect(seen.slots).toBeNull();
  expect(seen.status).toBe("connecting");
});
