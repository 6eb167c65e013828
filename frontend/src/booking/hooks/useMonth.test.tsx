import { render } from "preact";
import { act } from "preact/test-utils";
import { beforeEach, expect, it } from "vitest";
import { VirtualEnvironment } from "../../testing/virtualEnvironment";
import { type PageServices, PageServicesContext } from "../pageServices";
import { type MonthState, useMonth, type Watched } from "./useMonth";

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
let free: number;
let state: MonthState;

function Probe(watched: Watched) {
  state = useMonth({ ...wanted, month }, watched);
  return null;
}

async function watch(seen: number | null, day = DAY): Promise<void> {
  const api = {
    freeByDay: async (_service: number, _resource: undefined, from: string, to: string) => {
      asked++;
      ranges.push([from, to]);
      return { [DAY]: free };
    },
  };
  // The month asks for nothing else.
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

/** And what follows from that at once. */
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
  free = 5;
  await watch(null);
  await watch(5);
});

const known = (count: number) => expect.objectContaining({ kind: "known", free: { [DAY]: count } });

it("is asked for once, and quietly again from time to time", async () => {
  await pass(10_000);
  expect(asked).toBe(1);
  expect(state).toEqual(known(5));
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
  expect(state).toEqual(known(0));
  await watch(1);
  expect(state).toEqual(known(1));
  await pass(20_000);
  expect(asked).toBe(1);
});

it("keeps what was seen of a day when another one is opened", async () => {
  await watch(0);
  await watch(null, "2026-11-26");
  expect(state).toEqual(known(0));
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
  expect(state).toEqual(known(2));
});

it("believes what it sees rather than an answer", async () => {
  await watch(4);
  await pass(30_000);
  expect(asked).toBe(2);
  expect(state).toEqual(known(4));
});

it("leaves nothing behind after the page has gone", async () => {
  await watch(4);
  await act(() => render(null, page));
  expect(world.pending).toBe(0);
});
