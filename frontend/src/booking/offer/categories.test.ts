import { expect, it } from "vitest";
import { service } from "../../testing/catalog";
import { categoriesOf } from "./categories";
import { findServices } from "./search";

const SERVICES = [
  service({ id: 1, name: "Haircut", category: "Hair" }),
  service({ id: 2, name: "Beard trim", category: "Beard" }),
  service({ id: 3, name: "Colour", category: "Hair", description: "Für lange Haare, à la carte" }),
  service({ id: 4, name: "Ölmassage" }),
];
const idsOf = (some: readonly { id: number }[]) => some.map(({ id }) => id);

it("categories are in the order of their first services", () => {
  const categories = categoriesOf(SERVICES);
  expect(categories.map(({ name }) => name)).toEqual(["Hair", "Beard", null]);
  expect(categories.map(({ services }) => idsOf(services))).toEqual([[1, 3], [2], [4]]);
});

it.each([
  ["", [1, 2, 3, 4]],
  ["  hair CUT", [1]],
  ["hair", [1, 3]],
  ["fur A LA", [3]],
  ["olmassage", [4]],
  ["(x", []],
])("who looks for %j finds %j, whatever the capitals and accents", (wanted, found) => {
  expect(idsOf(findServices(SERVICES, wanted))).toEqual(found);
});
