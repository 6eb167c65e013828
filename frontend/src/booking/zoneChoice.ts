import type { BrowserStorage } from "../api/storage";
import type { Cancel } from "../core/environment";

/** The time zone that the visitor of this tab has chosen to see times in. */
export interface ZoneChoice {
  /** Null until they choose. */
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
