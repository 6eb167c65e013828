import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { browserEnvironment, type Environment } from "./environment";

class FakeEventSource extends EventTarget {
  static newest: FakeEventSource;
  isClosed = false;
  readonly url: string;

  constructor(url: string) {
    super();
    this.url = url;
    FakeEventSource.newest = this;
  }

  close(): void {
    this.isClosed = true;
  }
}

let environment: Environment;

beforeEach(() => {
  vi.stubGlobal("EventSource", FakeEventSource);
  environment = browserEnvironment();
});

afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

const showPage = (persisted: boolean) =>
  window.dispatchEvent(Object.assign(new Event("pageshow"), { persisted }));

describe("the browser's clock", () => {
  it("goes on evenly when the visitor's clock is set", () => {
    const before = environment.clock.now();
    vi.spyOn(Date, "now").mockReturnValue(before + 3_600_000);
    expect(environment.clock.now() - before).toBeLessThan(1_000);
    vi.spyOn(Date, "now").mockReturnValue(0);
    expect(environment.clock.now()).toBeGreaterThanOrEqual(before);
  });
});

describe("the browser's streams", () => {
  it.each(["board", "day", "heartbeat", "goodbye"])("tell what a %s event carries", (name) => {
    const heard: unknown[] = [];
    environment.stream("/stream", (data) => heard.push(data));
    FakeEventSource.newest.dispatchEvent(new MessageEvent(name, { data: "{}" }));
    expect(heard).toEqual(["{}"]);
  });

  it("tell of an error as of something without data", () => {
    const heard: unknown[] = [];
    environment.stream("/stream", (data) => heard.push(data));
    FakeEventSource.newest.dispatchEvent(new Event("error"));
    expect(heard).toEqual([undefined]);
  });

  it("are closed when told so", () => {
    environment.stream("/stream", () => {})();
    expect(FakeEventSource.newest.isClosed).toBe(true);
  });

  it("may be silent for two heartbeats, or as long as the page says", () => {
    expect(environment.streamTimeout).toBe(30_000);
    document.documentElement.dataset.watchdog = "1000";
    expect(browserEnvironment().streamTimeout).toBe(1_000);
    delete document.documentElement.dataset.watchdog;
  });

  it("wait until the page has loaded", async () => {
    const state = vi.spyOn(document, "readyState", "get").mockReturnValue("interactive");
    let isLoaded = false;
    void browserEnvironment().loaded.then(() => {
      isLoaded = true;
    });
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(isLoaded).toBe(false);
    state.mockReturnValue("complete");
    window.dispatchEvent(new Event("load"));
    await vi.waitFor(() => expect(isLoaded).toBe(true));
  });
});

describe("the browser's network", () => {
  it("tells when network or page go and come back, until it isn't asked any more", () => {
    const told: boolean[] = [];
    const cancel = environment.network.onChange((isBack) => told.push(isBack));
    for (const name of ["offline", "online", "pagehide"]) window.dispatchEvent(new Event(name));
    showPage(true);
    expect(told).toEqual([false, true, false, true]);
    cancel();
    window.dispatchEvent(new Event("online"));
    expect(told).toHaveLength(4);
  });

  it("says nothing of a page that is shown for the first time", () => {
    const told: boolean[] = [];
    const cancel = environment.network.onChange((isBack) => told.push(isBack));
    showPage(false);
    cancel();
    expect(told).toEqual([]);
  });
});
