import { expect, it } from "vitest";
import type { Hold } from "../../core/wire";
import { openOwnClaims } from "./ownClaims";

const NOW = Date.parse("2026-11-25T08:00:00Z");

const hold = (service_id: number): Hold => ({
  id: `1-${service_id}-1`,
  claim: `claim ${service_id}`,
  resource_id: 1,
  service_id,
  starts_at: "2026-11-25T10:00:00Z",
  ends_at: "2026-11-25T10:30:00Z",
  expires_at: "2026-11-25T08:02:00Z",
});

function twoTabs() {
  let stored = "null";
  const storage = {
    read: <T>() => JSON.parse(stored) as T | null,
    write: (_: string, value: unknown) => {
      stored = JSON.stringify(value);
    },
  };
  const open = (tab: string) => openOwnClaims(storage as never, tab, () => NOW);
  return [open("one"), open("other")] as const;
}

it("keeps what another tab has written, also before hearing of it", () => {
  const [one, other] = twoTabs();
  one.keepHold(hold(1));
  other.keepHold(hold(2));
  expect(other.all.map(({ claim }) => claim)).toEqual(["claim 1", "claim 2"]);
  other.drop(hold(2).id);
  one.reload();
  expect(one.all.map(({ claim }) => claim)).toEqual(["claim 1"]);
});
