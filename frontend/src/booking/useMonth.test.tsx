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

async function watch(revision: string | null, seen: number | null, day = DAY): Promise<void> {
  const api = {
    freeByDay: async () => {
      asked++;
      return { [DAY]: free };
    },
  };
  // The month asks for nothing else.
  assemble({ environment: world, api } as unknown as Parts);
  await act(async () => {
    render(<Probe day={day} revision={revision} free={seen} isUnknown={false} />, page);
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
  asked = 0;
  free = 5;
  await watch(null, null);
  await watch("1.1", 5);
});

const known = (count: number) => ({ kind: "known", free: { [DAY]: count } });

it("is asked for once, and quietly again from time to time", async () => {
  await pass(10_000);
  expect(asked).toBe(1);
  expect(state).toEqual(known(5));
  await pass(20_000);
  expect(asked).toBe(2);
});

it("shows at once, without asking, that the watched day is full or free again", async () => {
  await watch("2.1", 0);
  expect(state).toEqual(known(0));
  await watch("3.1", 1);
  expect(state).toEqual(known(1));
  expect(asked).toBe(1);
});

it.each([
  [0, 1_000],
  [0.25, 2_000],
  [0.999_999, 5_000],
])(
  "follows a change of the day at another moment for everybody (chance %f)",
  async (chance, due) => {
    world.chance = chance;
    await watch("2.1", 0);
    await pass(due - 1);
    expect(asked).toBe(1);
    await pass(1);
    expect(asked).toBe(2);
  },
);

it("follows several changes together", async () => {
  for (const revision of ["2.1", "3.1", "4.1"]) {
    await watch(revision, 4);
    await pass(500);
  }
  expect(asked).toBe(1);
  await pass(1_500);
  expect(asked).toBe(2);
  await pass(10_000);
  expect(asked).toBe(2);
});

it("corrects a day that has filled up also when another one is open by then", async () => {
  free = 0;
  await watch("2.1", 0);
  await watch("7.1", 3, "2026-11-26");
  await pass(3_000);
  expect(state).toEqual({ kind: "known", free: { [DAY]: 0, "2026-11-26": 3 } });
});

it("isn't asked for because another day is opened", async () => {
  await watch("7.1", 0, "2026-11-26");
  await pass(10_000);
  expect(asked).toBe(1);
});

it("is asked for by nobody after the page has gone", async () => {
  await watch("2.1", 4);
  await act(() => render(null, page));
  expect(world.pending).toBe(0);
});
