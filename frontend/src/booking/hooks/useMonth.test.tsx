import { render } from "preact";
import { act } from "preact/test-utils";
import { beforeEach, expect, it } from "vitest";
import type { FirstFree } from "../../core/wire";
import { VirtualEnvironment } from "../../testing/virtualEnvironment";
import { type PageServices, PageServicesContext } from "../pageServices";
import { firstFree, type MonthState, useMonth, type Watched } from "./useMonth";

let services: PageServices;

const DAY = "2026-11-25";
const wanted = {
  serviceId: 1,
  resourceId: undefined,
  month: "2026-11",
  today: DAY,
  lastDay: "2026-12-25",
};

let world: VirtualEnvironment;
let page: HTMLElement;
let month: string;
let asked: number;
let ranges: [string, string][];
let searches: string[];
let answers: FirstFree[];
let lastDay: string;
let free: number;
let state: MonthState;

function Probe(watched: Watched) {
  state = useMonth({ ...wanted, month, lastDay }, watched);
  return null;
}

async function watch(seen: number | null, day = DAY): Promise<void> {
  const api = {
    freeByDay: async (_service: number, _resource: undefined, from: string, to: string) => {
      asked++;
      ranges.push([from, to]);
      return { free: { [DAY]: free }, full: free === 0 ? [DAY] : [] };
    },
    async firstFree(_service: number, _resource: undefined, from: string) {
      searches.push(from);
      return answers.shift();
    },
  };
  // The month uses no other service.
  services = { environment: world, api } as unknown as PageServices;
  await act(async () => {
    render(
      <PageServicesContext.Provider value={services}>
        <Probe day={day} free={seen} isUnknown={false} />
      </PageServicesContext.Provider>,
      page,
    );
    await world.pass(0);
  });
}

/** Lets time pass, and then everything run that follows immediately. */
async function pass(milliseconds: number): Promise<void> {
  await act(() => world.pass(milliseconds));
  await act(() => world.pass(0));
}

beforeEach(async () => {
  world = new VirtualEnvironment();
  page = document.createElement("div");
  month = wanted.month;
  asked = 0;
  ranges = [];
  searches = [];
  answers = [];
  lastDay = wanted.lastDay;
  free = 5;
  await watch(null);
  await watch(5);
});

const knownDay = (count: number) =>
  expect.objectContaining({ kind: "known", free: { [DAY]: count } });

it("is asked for once, and quietly again from time to time", async () => {
  await pass(10_000);
  expect(asked).toBe(1);
  expect(state).toEqual(knownDay(5));
  await pass(20_000);
  expect(asked).toBe(2);
});

it("asks for all that can be booked at once, also for the last month of it", async () => {
  month = "2026-12";
  await watch(5);
  expect(ranges).toEqual([[DAY, "2026-12-25"]]);
});

it("shows at once, without ever asking, that the watched day is full or free again", async () => {
  await watch(0);
  expect(state).toEqual(knownDay(0));
  await watch(1);
  expect(state).toEqual(knownDay(1));
  await pass(20_000);
  expect(asked).toBe(1);
});

it("keeps what was seen of a day when another one is opened", async () => {
  await watch(0);
  await watch(null, "2026-11-26");
  expect(state).toEqual(knownDay(0));
  await watch(3, "2026-11-26");
  expect(state).toMatchObject({ kind: "known", free: { [DAY]: 0, "2026-11-26": 3 } });
  await pass(20_000);
  expect(asked).toBe(1);
});

it("believes the newest answer of a day that is no longer watched", async () => {
  await watch(0);
  await watch(null, "2026-11-26");
  free = 2;
  await pass(30_000);
  expect(state).toEqual(knownDay(2));
});

it("believes what it sees rather than an answer", async () => {
  await watch(4);
  await pass(30_000);
  expect(asked).toBe(2);
  expect(state).toEqual(knownDay(4));
});

const LAST = "2028-06-30";

function answer(to: string, days: FirstFree["days"]): FirstFree {
  return { time_zone: "UTC", searched: { from: DAY, to }, days };
}

it("asks where the first free day is when there is none in what it knows", async () => {
  lastDay = LAST;
  answers = [answer("2027-09-14", { "2027-09-14": { free: 3 } })];
  await watch(0);
  await pass(0);
  expect(searches).toEqual(["2026-12-26"]);
  expect(firstFree(state, DAY, LAST)).toEqual({
    kind: "found",
    day: { day: "2027-09-14", count: 3 },
  });
  await pass(60_000);
  expect(searches).toHaveLength(1);
});

it("asks on after a year without a free day, and again while that is unknown", async () => {
  lastDay = LAST;
  answers = [answer("2027-12-26", {}), answer("2028-06-30", null), answer(LAST, {})];
  await watch(0);
  await pass(0);
  await pass(0);
  expect(searches).toEqual(["2026-12-26", "2027-12-27"]);
  expect(firstFree(state, DAY, LAST)).toEqual({ kind: "unknown", from: "2027-12-27" });
  await pass(5_000);
  expect(searches).toEqual(["2026-12-26", "2027-12-27", "2027-12-27"]);
  expect(firstFree(state, DAY, LAST)).toEqual({ kind: "nothing" });
});

it("shows a month only when it was asked for, though a day of it was found", async () => {
  lastDay = LAST;
  answers = [answer("2027-09-14", { "2027-09-14": { free: 3 } })];
  await watch(0);
  await pass(0);
  month = "2027-09";
  await watch(0);
  await pass(0);
  expect(state).toEqual({ kind: "loading" });
  expect(ranges.at(-1)?.[0]).toBe("2027-09-01");
});

it("leaves nothing behind after the page has gone", async () => {
  await watch(4);
  await act(() => render(null, page));
  expect(world.pending).toBe(0);
});
