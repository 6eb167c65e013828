import { type Choice, createApi } from "../api/client";
import { createSendOnce } from "../api/idempotency";
import { openStorage } from "../api/storage";
import { openVisitor } from "../api/visitor";
import type { ClaimKeeper } from "../booking/claims/claim";
import { createClaimKeeper } from "../booking/claims/claimKeeper";
import { type OwnClaims, openOwnClaims } from "../booking/claims/ownClaims";
import type { PageMoment } from "../booking/claims/pageLife";
import type { Hold } from "../core/wire";
import { VirtualEnvironment } from "./virtualEnvironment";

/** A page that holds and checks out times in a virtual environment, for the tests of claims. */

export let world: VirtualEnvironment;
export let moments: Set<(moment: PageMoment) => void>;
export let keeper: ClaimKeeper;
export let ownClaims: OwnClaims;

export const at = (time: string) => `2026-11-25T${time}:00Z`;
export const choice = (time: string): Choice => ({
  service_id: 1,
  resource_id: 1,
  starts_at: at(time),
});

export function claimOf(time: string, change: Partial<Hold> = {}): Hold {
  return {
    id: `hold ${time}`,
    claim: `claim ${time}`,
    service_id: 1,
    resource_id: 1,
    starts_at: at(time),
    ends_at: new Date(Date.parse(at(time)) + 1_800_000).toISOString(),
    expires_at: new Date(world.clock.now() + 120_000).toISOString(),
    ...change,
  };
}

/** Opens a page of this browser. Another name stands for another tab. */
export function openPage(tab = "this tab"): void {
  const storage = openStorage(() => localStorage);
  const visitor = openVisitor(storage, world.clock.now);
  const api = createApi(world, visitor, createSendOnce(openStorage(() => sessionStorage)));
  moments = new Set();
  ownClaims = openOwnClaims(storage, tab, world.clock.now);
  const pageLife = {
    isShown: () => true,
    onMoment(listener: (moment: PageMoment) => void) {
      moments.add(listener);
      return () => void moments.delete(listener);
    },
  };
  keeper = createClaimKeeper({ api, environment: world, pageLife, ownClaims });
}

export const happens = (moment: PageMoment) => {
  for (const listener of moments) listener(moment);
};

export const tell = (body: object | null, status = 200) =>
  world.latest.answer(new Response(body && JSON.stringify(body), { status }));
export const refuse = (code: string, status = 409) => tell({ code, alternatives: [] }, status);
export const line = ({ url, init }: { url: string; init: RequestInit }) =>
  `${init.method} ${url.replace("/api/v1", "").replace(/\?.*/, "")}`;
export const body = () => JSON.parse(String(world.latest.init.body));

export async function hold(time: string): Promise<void> {
  keeper.choose(choice(time));
  await world.pass(0);
  await tell(claimOf(time), 201);
}

export async function checkOut(time: string, seconds = 600): Promise<void> {
  void keeper.checkOut(choice(time));
  await world.pass(0);
  const expires_at = new Date(world.clock.now() + seconds * 1_000).toISOString();
  await tell(claimOf(time, { id: `checkout ${time}`, expires_at }), 201);
}

/** Creates a new environment for a test, in a browser that has stored nothing. */
export function prepareWorld(): void {
  localStorage.clear();
  sessionStorage.clear();
  world = new VirtualEnvironment();
  openPage();
}
