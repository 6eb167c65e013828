import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { browserEnvironment } from "../../core/environment";
import { VirtualEnvironment } from "../../testing/virtualEnvironment";
import { type PageServices, PageServicesContext } from "../pageServices";
import { Countdown } from "./Countdown";

let page: HTMLElement;

const readCountdown = () => page.querySelector("[data-testid=countdown]")?.textContent;

function show(environment: PageServices["environment"], expiresAt: string): void {
  // The countdown uses no other service.
  const services = { environment } as PageServices;
  act(() =>
    render(
      <PageServicesContext.Provider value={services}>
        <Countdown expiresAt={expiresAt} />
      </PageServicesContext.Provider>,
      page,
    ),
  );
}

beforeEach(() => {
  page = document.createElement("div");
});

afterEach(() => {
  vi.useRealTimers();
  render(null, page);
});

it.each([-3_600_000, 0, 86_400_000])(
  "counts by the server's clock (%i ms ahead)",
  async (ahead) => {
    const world = new VirtualEnvironment();
    const now = () => world.clock.now() + ahead;
    world.serverClock.learn(new Date(now()).toISOString(), world.clock.now());
    show(world, new Date(now() + 125_000).toISOString());
    expect(readCountdown()).toContain("Held for you, 2 min left");
    await act(() => world.pass(10_000));
    expect(readCountdown()).toContain("Held for you, 1:55 min left");
  },
);

it("isn't disturbed when the visitor sets the clock meanwhile", async () => {
  vi.useFakeTimers();
  const environment = browserEnvironment();
  show(environment, new Date(environment.serverClock.now() + 125_000).toISOString());
  expect(readCountdown()).toContain("Held for you, 2 min left");
  vi.setSystemTime(Date.now() + 3_600_000);
  await act(async () => void (await vi.advanceTimersByTimeAsync(10_000)));
  expect(readCountdown()).toContain("Held for you, 1:55 min left");
});
