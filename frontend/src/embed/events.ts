import type { BrowserStorage } from "../api/storage";
import type { ClaimKeeper } from "../booking/claims/claim";
import type { Booked } from "../booking/hooks/useConfirmation";
import { parseRoute } from "../booking/route";
import type { Cancel } from "../core/environment";

/**
 * Sends an event to the page around the element. It never contains data of the customer or a
 * secret.
 */
export function announce(element: HTMLElement, what: string, detail: object = {}): void {
  const options = { detail, bubbles: true, composed: true };
  element.dispatchEvent(new CustomEvent(`dibs:${what}`, options));
}

const NAMES = { held: "held", checkedOut: "checkout", ended: "ended" } as const;

/** Sends an event whenever the state of the visitor's claim changes. */
export function announceClaims(
  element: HTMLElement,
  keeper: ClaimKeeper,
  tabStorage: BrowserStorage,
): Cancel {
  let said: { name: string; time: Timed } | null = null;
  return keeper.subscribe(() => {
    const { claim } = keeper.state;
    const time = "own" in claim ? claim.own : "choice" in claim ? claim.choice : null;
    const name = claim.kind in NAMES ? NAMES[claim.kind as keyof typeof NAMES] : null;
    if (name === (said?.name ?? null) && time?.starts_at === said?.time.starts_at) return;
    const before = said;
    said = name && time && { name, time };
    if (said) announce(element, said.name, timeOf(said.time));
    else if (before && before.name !== "ended" && !isBooked(before.time, tabStorage))
      announce(element, "released", timeOf(before.time));
  });
}

const isBooked = ({ starts_at }: Timed, tabStorage: BrowserStorage) =>
  tabStorage.read<Booked>("booked")?.starts_at === starts_at;

/** Returns a function that sends an event for each new step, and for the booking. */
export function createStepTeller(element: HTMLElement) {
  let shown = "";
  return (address: string, tabStorage: BrowserStorage) => {
    const route = parseRoute(new URL(address));
    if (route.step === shown) return;
    shown = route.step;
    announce(element, "step", { step: shown });
    if (route.step !== "done") return;
    const booked = tabStorage.read<Booked>("booked");
    if (booked?.reference !== route.reference) return;
    announce(element, "booked", { reference: route.reference, ...timeOf(booked) });
  };
}

interface Timed {
  service_id: number;
  resource_id?: number | undefined;
  starts_at: string;
  ends_at?: string;
}

const timeOf = ({ service_id, resource_id, starts_at, ends_at }: Timed) => ({
  service_id,
  resource_id,
  starts_at,
  ends_at,
});
