import { render } from "preact";
import { act } from "preact/test-utils";
import { beforeEach, expect, it } from "vitest";
import { createMemoryTab } from "../../embed/memoryTab";
import { type PageServices, PageServicesContext } from "../pageServices";
import type { Route } from "../route";
import type { Tab } from "../tab";
import { type Go, useRoute } from "./useRoute";

const STAFF: Route = { step: "staff", serviceId: 1, day: null };
const TIMES: Route = { step: "time", serviceId: 1, staff: 2, day: null };
const TIMES_OF_A_DAY: Route = { ...TIMES, day: "2026-11-25" };

let tab: Tab;
let route: Route;
let go: Go;
/** What a browser does in its next frame: it draws the next step while this one fades. */
let frames: (() => Promise<void>)[];

function Probe() {
  [route, go] = useRoute();
  return null;
}

const drawFrame = () => act(() => frames.shift()?.());

beforeEach(async () => {
  frames = [];
  tab = createMemoryTab("https://dibs.example/?service=1", document.createElement("div"), () => {});
  tab.document.startViewTransition = (change) => {
    frames.push(change);
    return { ready: Promise.resolve() };
  };
  await act(() =>
    render(
      <PageServicesContext.Provider value={{ tab } as unknown as PageServices}>
        <Probe />
      </PageServicesContext.Provider>,
      document.createElement("div"),
    ),
  );
  await act(() => go(TIMES));
  await drawFrame();
  expect(route).toEqual(TIMES);
});

it("is corrected by the step that is shown", async () => {
  await act(() => go(TIMES_OF_A_DAY, "correct"));
  expect(route).toEqual(TIMES_OF_A_DAY);
  tab.history.back();
  await drawFrame();
  expect(route).toEqual(STAFF);
});

it("is not corrected by a step that the visitor has left by Back", async () => {
  tab.history.back();
  await act(() => go(TIMES_OF_A_DAY, "correct"));
  await drawFrame();
  expect(route).toEqual(STAFF);
  expect(tab.location.href).toBe("https://dibs.example/?service=1");
});

it("is not corrected by a step that the visitor has left forwards", async () => {
  const details: Route = {
    step: "details",
    serviceId: 1,
    staff: 2,
    startsAt: "2026-11-25T10:00:00Z",
  };
  await act(() => go(details));
  await act(() => go(TIMES_OF_A_DAY, "correct"));
  expect(tab.location.href).toContain("start=");
  await drawFrame();
  expect(route).toEqual(details);
});
