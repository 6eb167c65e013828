import { BASE } from "../core/base";

/** Values kept between pages. The page also works in a browser that keeps nothing. */
export interface BrowserStorage {
  read<Value>(key: string): Value | null;
  write(key: string, value: unknown): void;
  remove(key: string): void;
}

type Kept = Pick<Storage, "getItem" | "setItem" | "removeItem">;

/** `part`: what only a part of the page may read has a name of its own. */
export function openStorage(find: () => Kept, part = ""): BrowserStorage {
  const prefix = storagePrefix() + part;
  const kept = tryToOpen(find) ?? memory();
  return {
    read: <Value>(key: string) => parse<Value>(kept.getItem(prefix + key)),
    write: (key, value) => kept.setItem(prefix + key, JSON.stringify(value)),
    remove: (key) => kept.removeItem(prefix + key),
  };
}

/** Servers under different paths of one site don't share their storage. */
export const storagePrefix = () => `dibs${BASE}.`;

/** A browser whose settings forbid storage throws at the first access. */
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
