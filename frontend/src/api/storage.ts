import { BASE } from "../core/base";

/** Values that are kept between pages. In a browser that keeps nothing they are kept in memory. */
export interface BrowserStorage {
  read<Value>(key: string): Value | null;
  write(key: string, value: unknown): void;
  remove(key: string): void;
}

type Kept = Pick<Storage, "getItem" | "setItem" | "removeItem">;

/** Opens a storage. Its keys contain `part`, so that each part of a page has values of its own. */
export function openStorage(find: () => Kept, part = ""): BrowserStorage {
  const prefix = storagePrefix() + part;
  const kept = tryToOpen(find) ?? memory();
  return {
    read: <Value>(key: string) => parse<Value>(kept.getItem(prefix + key)),
    write: (key, value) => kept.setItem(prefix + key, JSON.stringify(value)),
    remove: (key) => kept.removeItem(prefix + key),
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
