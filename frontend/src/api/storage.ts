import { BASE } from "../core/base";

/** Values that are kept between pages. In a browser that keeps nothing they are kept in memory. */
export interface BrowserStorage {
  read<Value>(key: string): Value | null;
  write(key: string, value: unknown): void;
  remove(key: string): void;
}

type Kept = Pick<Storage, "getItem" | "setItem" | "removeItem">;

/**
 * Opens a storage. Its keys contain `part`, so that each part of a page has values of its own. What
 * a full storage refuses is kept in memory.
 */
export function openStorage(find: () => Kept, part = ""): BrowserStorage {
  const prefix = storagePrefix() + part;
  const refused = memory();
  const kept = tryToOpen(find) ?? refused;
  return {
    read: <Value>(key: string) =>
      parse<Value>(refused.getItem(prefix + key) ?? kept.getItem(prefix + key)),
    write(key, value) {
      const text = JSON.stringify(value);
      refused.removeItem(prefix + key);
      try {
        kept.setItem(prefix + key, text);
      } catch {
        refused.setItem(prefix + key, text);
      }
    },
    remove(key) {
      refused.removeItem(prefix + key);
      kept.removeItem(prefix + key);
    },
  };
}

/**
 * Returns the prefix of all keys, so that servers under different paths of one site share no
 * values.
 */
export const storagePrefix = () => `dibs${BASE}.`;

/**
 * Returns the storage, or null if the browser's settings forbid it: then the first access throws.
 */
function tryToOpen(find: () => Kept): Kept | null {
  try {
    return find();
  } catch {
    return null;
  }
}

function memory(): Kept {
  const values = new Map<string, string>();
  return {
    getItem: (key) => values.get(key) ?? null,
    setItem: (key, value) => void values.set(key, value),
    removeItem: (key) => void values.delete(key),
  };
}

function parse<Value>(text: string | null): Value | null {
  try {
    return text === null ? null : (JSON.parse(text) as Value);
  } catch {
    return null;
  }
}
