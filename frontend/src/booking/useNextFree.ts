import { useEffect, useState } from "react";
import type { Service } from "../api/wire";
import { useParts } from "./parts";
import { earliestStart, type ShownSlot } from "./slots";
import type { FreeDay } from "./useMonth";

export interface NextFree {
  day: string;
  /** Null until it is known. */
  startsAt: string | null;
}

interface NextFreeWanted {
  service: Service;
  resourceId: number | null;
  first: FreeDay | null;
  openDay: string | null;
  slots: readonly ShownSlot[] | null;
}

/** The next free time: from the open day's slots, else asked for once per day. */
export function useNextFree(wanted: NextFreeWanted): NextFree | null {
  const { service, resourceId, first, openDay, slots } = wanted;
  const day = first?.day ?? null;
  const { api, environment } = useParts();
  const [found, setFound] = useState<NextFree | null>(null);
  const isOpen = day === openDay;

  // biome-ignore lint/correctness/useExhaustiveDependencies: another count may mean another first time
  useEffect(() => {
    if (day === null || isOpen) return;
    let isCurrent = true;
    api.day(service.id, resourceId, day).then(
      (view) => {
        const earliest = earliestStart(service, environment.serverClock.now());
        const free = view.slots.find(
          (slot) => slot.state === "free" && Date.parse(slot.starts_at) >= earliest,
        );
        if (isCurrent) setFound({ day, startsAt: free?.starts_at ?? null });
      },
      () => null,
    );
    return () => {
      isCurrent = false;
    };
  }, [api, environment, service, resourceId, day, first?.count, isOpen]);

  if (day === null) return null;
  if (isOpen) {
    return { day, startsAt: slots?.find(({ state }) => state === "free")?.startsAt ?? null };
  }
  return found?.day === day ? found : { day, startsAt: null };
}
