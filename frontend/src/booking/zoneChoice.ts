import type { BrowserStorage } from "../api/storage";
import type { Cancel } from "../core/environment";

/** The time zone in which the visitor of this tab wants to see times. */
export interface ZoneChoice {
  /** The chosen zone, or null until the visitor chooses one. */
  readonly zone: string | null;
  choose(zone: string): void;
  subscribe(listener: () => void): Cancel;
}

const KEY = "zone";

export function openZoneChoice(tabStorage: BrowserStorage): ZoneChoice {
  const listeners = new Set<() => void>();
  let zone = tabStorage.read<string>(KEY);
  return {
    get zone() {
      return zone;
    },
    choose(chosen) {
      zone = chosen;
      tabStorage.write(KEY, chosen);
      for (const listener of listeners) listener();
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
