import { describe, expect, it, vi } from "vitest";
import { addForeign, addressOf, isSameStep, parseRoute, type Route } from "./route";

const parse = (address: string) => parseRoute(new URL(address, "https://book.example"));

describe("each step has an address that leads back to it", () => {
  const startsAt = "2026-11-25T10:00:00Z";
  const link = { reference: "ABC-DEF", token: "secret_token" };
  const routes: Route[] = [
    { step: "service" },
    { step: "staff", serviceId: 1, day: null },
    { step: "staff", serviceId: 1, day: "2026-11-25" },
    { step: "time", serviceId: 1, staff: 2, day: null },
    { step: "time", serviceId: 1, staff: "any", day: "2026-11-25" },
    { step: "details", serviceId: 1, staff: 2, startsAt },
    { step: "done", reference: "ABC-DEF" },
    { step: "my" },
    { step: "manage", link },
    { step: "move", link, day: null },
    { step: "move", link, day: "2026-11-25" },
  ];
  it.each(routes.map((route) => [addressOf(route), route] as const))("%s", (address, route) => {
    expect(parse(address)).toEqual(route);
  });
});

it.each([
  ["/?service=1", "?utm_source=x&name=Ann&service=2", "/?service=1&utm_source=x"],
  ["/", "?ref=a%26b", "/?ref=a%26b"],
  ["/manage/ABC?move=#secret", "?utm_source=x", "/manage/ABC?move=&utm_source=x#secret"],
  ["/manage/ABC#secret", "?move=2026-11-25", "/manage/ABC#secret"],
])("%s keeps what others had put into %s", (address, search, whole) => {
  expect(addForeign(address, search)).toBe(whole);
});

it("the same question on another day is the same step", () => {
  const time: Route = { step: "time", serviceId: 1, staff: 2, day: null };
  expect(isSameStep(time, { ...time, day: "2026-11-25" })).toBe(true);
  expect(isSameStep(time, { ...time, staff: "any" })).toBe(false);
  expect(isSameStep(time, { step: "staff", serviceId: 1, day: null })).toBe(false);
});

it("the token is never part of what a server is sent", () => {
  const { pathname, search } = new URL("/manage/ABC#secret", "https://book.example");
  expect(pathname + search).not.toContain("secret");
});

it.each(["2026-02-30", "garbage", "2026-13-01", "26-11-25"])("no day is called %s", (day) => {
  expect(parse(`/?service=1&resource=1&day=${day}`)).toEqual({
    step: "time",
    serviceId: 1,
    staff: 1,
    day: null,
  });
});

it("a service that is no number leads to the start", () => {
  expect(parse("/?service=1;drop")).toEqual({ step: "service" });
});

it("a reference that can't be decoded is one that nobody has, and no fault of the page", () => {
  expect(parse("/manage/%E0%A4%A#secret")).toEqual({
    step: "manage",
    link: { reference: "%E0%A4%A", token: "secret" },
  });
});

it("under a path of a site each step has its address there", async () => {
  document.documentElement.dataset.base = "/studio/book";
  vi.resetModules();
  const under = await import("./route");
  const link = { reference: "ABC-DEF", token: "secret" };
  const routes: Route[] = [{ step: "service" }, { step: "done", reference: "ABC" }];
  for (const route of [...routes, { step: "manage", link } satisfies Route]) {
    const address = under.addressOf(route);
    expect(address).toMatch(/^\/studio\/book\/(?!\/)/);
    expect(parse(address)).toEqual(route);
  }
  delete document.documentElement.dataset.base;
});
