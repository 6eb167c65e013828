import { render } from "preact";
import { expect, test } from "vitest";
import { moment } from "../components/moment";
import { Details } from "./Details";

function renderDetails(details: Record<string, unknown>): string {
  const root = document.createElement("div");
  render(<Details details={details} names={new Map()} />, root);
  return root.textContent ?? "";
}

test("instants are told as moments, and texts as they are", () => {
  const instant = "2026-12-03T10:30:00+00:00";
  expect(renderDetails({ to: instant })).toContain(moment(instant));
  expect(renderDetails({ to: [null, instant] })).toContain(moment(instant));
  expect(renderDetails({ name: `${instant} or so` })).toContain(`${instant} or so`);
});
