import { render } from "preact";
import { act } from "preact/test-utils";
import { beforeEach, expect, it } from "vitest";
import { VirtualEnvironment } from "../testing/virtualEnvironment";
import { assemble, type Parts } from "./parts";
import { type MonthState, useMonth, type Watched } from "./useMonth";

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
let asked: number;
let free: number;
let state: MonthState;

function Probe(watched: Watched) {
  state = useMonth(wanted, watched);
  return null;
}

async function watch(revision: string | null, isFull: boolean | null, day = DAY): Promise<void> {
  const api = {
    freeByDay: async () => {
      asked++;
      return { [DAY]: free };
    },
  };
  // The month asks for nothing else.
  assemble({ environment: world, api } as unknown as Parts);
  await act(async () => {
    render(<Probe day={day} revision={revision} isFull={isFull} />, page);
    await world.pass(0);
  });
}

const pass = (milliseconds: number) => act(() => world.pass(milliseconds));

beforeEach(async () => {
  world = new VirtualEnvironment();
  page = document.createElement("div");
  asked = 0;
  free = 5;
  await watch(null, null);
  await watch("1.1", false);
});

it("is asked for once, and quietly again from time to time", async () => {
  await pass(10_000);
  expect(asked).toBe(1);
  expect(state).toEqual({ kind: "known", free: { [DAY]: 5 } });
  await pass(20_000);
  expect(asked).toBe(2);
});

it("is asked for at once when the watched day fills up", async () => {
  free = 0;
  await watch("2.1", true);
  await pass(0);
  expect(asked).toBe(2);
  await pass(0);
  expect(state).toEqual({ kind: "known", free: { [DAY]: 0 } });
});

it("is asked for at once when a full day has something free again", async () => {
  await watch("2.1", true);
  await pass(0);
  await watch("3.1", false);
  await pass(0);
  expect(asked).toBe(3);
});

it("follows other changes of the day, a little later and together", async () => {
  for (const revision of ["2.1", "3.1", "4.1"]) {
    await watch(revision, false);
    await pass(1_000);
  }
  expect(asked).toBe(1);
  await pass(2_000);
  expect(asked).toBe(2);
  await pass(10_000);
  expect(asked).toBe(2);
});

it("isn't asked for because another day is opened", async () => {
  await watch("7.1", true, "2026-11-26");
  await pass(10_000);
  expect(asked).toBe(1);
});

it("is asked for by nobody after the page has gone", async () => {
  await watch("2.1", false);
  await act(() => render(null, page));
  expect(world.pending).toBe(0);
});
