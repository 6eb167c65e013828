import { describe, expect, it } from "vitest";
import { filtersAt, isFiltered, orderOf, queryOf, requestOf } from "./filters";

const at = (query: string) => filtersAt(new URLSearchParams(query));
const TODAY = "2026-12-01";

describe("filters", () => {
  it("list what is to come, the next first, if nothing is chosen", () => {
    expect(requestOf(at(""), TODAY)).toBe("sort=start&from=2026-12-01");
    expect(queryOf(at(""))).toBe("");
    expect(isFiltered(at(""))).toBe(false);
  });

  it("search among bookings of any day", () => {
    expect(requestOf(at("q=ann"), TODAY)).toBe("sort=-start&q=ann");
    expect(queryOf(at("q=ann"))).toBe("q=ann");
    expect(isFiltered(at("q=ann"))).toBe(false);
  });

  it("search within the chosen days", () => {
    const filters = at("q=ann&when=upcoming");
    expect(requestOf(filters, TODAY)).toBe("sort=start&q=ann&from=2026-12-01");
    expect(queryOf(filters)).toBe("q=ann&when=upcoming");
    expect(isFiltered(filters)).toBe(true);
  });

  it("are kept in the address", () => {
    const query = "when=days&from=2026-12-01&until=2026-12-03&status=cancelled&order=-made";
    expect(queryOf(at(query))).toBe(query);
    expect(orderOf(at(query))).toBe("-made");
    expect(requestOf(at("when=past"), TODAY)).toBe("sort=-start&until=2026-11-30");
  });

  it("take nothing from the address that they don't know", () => {
    expect(queryOf(at("when=x&order=y&from=z&status=cancelled"))).toBe("status=cancelled");
  });
});
