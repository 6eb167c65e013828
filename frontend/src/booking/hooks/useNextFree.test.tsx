import { render } from "preact";
import { act } from "preact/test-utils";
import { beforeEach, expect, it } from "vitest";
import { service } from "../../testing/catalog";
import { dayView, slot } from "../../testing/views";
import { VirtualEnvironment } from "../../testing/virtualEnvironment";
import { type PageServices, PageServicesContext } from "../pageServices";
import { type NextFree, useNextFree } from "./useNextFree";

let services: PageServices;

const OPEN = "2026-11-25";
const NEXT = "2026-11-26";
const STARTS_AT = `${NEXT}T10:00:00Z`;

let world: VirtualEnvironment;
let page: HTMLElement;
let asked: string[];
let next: NextFree | null;

function Probe({ first }: { first: string }) {
  next = useNextFree({
    service: service(),
    resourceId: undefined,
    first: { day: first, count: 1 },
    openDay: OPEN,
    slots: [{ startsAt: `${OPEN}T09:00:00Z`, time: "09:00", state: "free", seatsLeft: 1 }],
  });
  return null;
}

const show = (first: string) =>
  act(() =>
    render(
      <PageServicesContext.Provider value={services}>
        <Probe first={first} />
      </PageServicesContext.Provider>,
      page,
    ),
  );
/** Lets time pass, and then everything run that follows immediately. */
async function pass(milliseconds: number): Promise<void> {
  await act(() => world.pass(milliseconds));
  await act(() => world.pass(0));
}

beforeEach(async () => {
  world = new VirtualEnvironment();
  page = document.createElement("div");
  asked = [];
  const day = async (_service: number, _resource: undefined, day: string) => {
    asked.push(day);
    return dayView({ day, slots: [slot({ starts_at: STARTS_AT })] });
  };
  services = { environment: world, api: { day } } as unknown as PageServices;
  await show(OPEN);
});

it("is one of the open day's times, without asking", async () => {
  await pass(5_000);
  expect(next).toEqual({ day: OPEN, startsAt: `${OPEN}T09:00:00Z` });
  expect(asked).toEqual([]);
});

it("is asked for when the open day has filled up, its day known at once", async () => {
  await show(NEXT);
  expect(next).toEqual({ day: NEXT, startsAt: null });
  await pass(1_000);
  expect(next).toEqual({ day: NEXT, startsAt: STARTS_AT });
  expect(asked).toEqual([NEXT]);
});

it.each([
  [0.1, 100],
  [0.999_999, 1_000],
])("is asked for by each page at another moment (chance %f)", async (chance, due) => {
  world.chance = chance;
  await show(NEXT);
  await pass(due - 1);
  expect(asked).toEqual([]);
  await pass(1);
  expect(asked).toEqual([NEXT]);
});

it("isn't asked for when the open day has something free again by then", async () => {
  await show(NEXT);
  await show(OPEN);
  await pass(5_000);
  expect(asked).toEqual([]);
});
