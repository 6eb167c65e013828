import { useState } from "react";
import type { DayView, Service } from "../../core/wire";
import type { FreeDay } from "../offer/searchFree";
import { earliestStart, type ShownSlot } from "../offer/slots";
import { usePageServices } from "../pageServices";
import { useQuestion } from "./useQuestion";

export interface NextFree {
  day: string;
  /** The start of the first free time, or null until it is known. */
  startsAt: string | null;
}

interface NextFreeWanted {
  service: Service;
  resourceId: number | undefined;
  first: FreeDay | null;
  openDay: string | null;
  slots: readonly ShownSlot[] | null;
}

const EVERY = 60_000;
/**
 * Milliseconds over which requests are spread: when the first free day fills up, all of its viewers
 * need the next one.
 */
const SPREAD = 1_000;

/**
 * Returns the next free time. It is one of the open day's slots; if another day comes first, the
 * server is asked.
 */
export function useNextFree(wanted: NextFreeWanted): NextFree | null {
  const { service, resourceId, first, openDay, slots } = wanted;
  const { api, environment } = usePageServices();
  const [found, setFound] = useState<NextFree | null>(null);
  const day = first?.day ?? null;
  const isOpen = day === openDay;
  const question = {
    ask: () => (day === null || isOpen ? null : api.day(service.id, resourceId, day)),
    receive(view: DayView) {
      const earliest = earliestStart(service, environment.serverClock.now());
      const free = view.slots.find(
        (slot) => slot.state === "free" && Date.parse(slot.starts_at) >= earliest,
      );
      setFound({ day: view.day, startsAt: free?.starts_at ?? null });
    },
    fail: () => setFound(null),
    every: EVERY,
    spread: SPREAD,
  };
  useQuestion(question, [service.id, resourceId, day, first?.count, isOpen].join(" "));

  if (day === null) return null;
  const inOpenDay = slots?.find(({ state }) => state === "free")?.startsAt ?? null;
  if (isOpen) return { day, startsAt: inOpenDay };
  return found?.day === day ? found : { day, startsAt: null };
}
