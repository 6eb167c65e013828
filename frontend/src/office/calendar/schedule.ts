import type { Calendar, Column, Entry } from "./wire";

export const keyOf = (resource: number, day: string) => `${resource}/${day}`;
export const keyOfColumn = (column: Column) => keyOf(column.resource_id, column.day);

/** The place to which a booking is moved. With `isGone` it has no place any more. */
export interface Change {
  resource_id: number;
  starts_at: string;
  ends_at: string;
  isGone?: boolean;
}

interface Patch {
  change: Change;
  base: Entry;
  isAnswered: boolean;
}

/** Milliseconds for which an answered change is kept if the server's stream doesn't show it. */
const WAIT_FOR_STREAM = 5_000;

/**
 * The content of the calendar: what the server has sent last, with patches for changes of this user
 * that the server has not sent yet. A change is taken back by removing its patch, so news that
 * arrive meanwhile are not lost. Only the listeners of a column are called when it changes.
 */
export class Schedule {
  #calendar: Calendar;
  readonly #columns = new Map<string, Column>();
  readonly #patches = new Map<string, Patch>();
  readonly #listeners = new Map<string, Set<() => void>>();
  readonly #others = new Set<() => void>();
  readonly #shown = new Map<string, Entry[]>();

  constructor(calendar: Calendar) {
    this.#calendar = calendar;
    for (const column of calendar.columns) this.#columns.set(keyOfColumn(column), column);
  }

  get calendar(): Calendar {
    return this.#calendar;
  }

  get columns(): Column[] {
    return [...this.#columns.values()];
  }

  column(key: string): Column | undefined {
    return this.#columns.get(key);
  }

  /** Returns the entries of a column by start, with this user's changes. */
  entries(key: string): Entry[] {
    let found = this.#shown.get(key);
    if (!found) {
      found = this.#see(key);
      this.#shown.set(key, found);
    }
    return found;
  }

  find(id: string): Entry | undefined {
    const patch = this.#patches.get(id);
    if (patch) return patch.change.isGone ? undefined : apply(patch);
    return this.#truth(id);
  }

  isPending(id: string): boolean {
    return this.#patches.has(id);
  }

  /** Calls `listener` after each change of a column. Returns a function that ends this. */
  on(key: string, listener: () => void): () => void {
    const listeners = this.#listeners.get(key) ?? new Set();
    this.#listeners.set(key, listeners.add(listener));
    return () => listeners.delete(listener);
  }

  /**
   * Calls `listener` when other columns, resources or services are shown. Returns a function that
   * ends this.
   */
  onOthers(listener: () => void): () => void {
    this.#others.add(listener);
    return () => this.#others.delete(listener);
  }

  /** Takes over the whole calendar from the server. */
  replace(calendar: Calendar): void {
    this.#calendar = calendar;
    this.#columns.clear();
    for (const column of calendar.columns) this.#columns.set(keyOfColumn(column), column);
    this.#shown.clear();
    this.#dropSettled();
    for (const listener of [...this.#others]) listener();
    for (const key of this.#columns.keys()) this.#tell(key);
  }

  /**
   * Takes over one column from the server. If its state is unknown, the column keeps its entries.
   */
  update(column: Column): void {
    const key = keyOfColumn(column);
    const before = this.#columns.get(key);
    if (!before) return;
    const isUnknown = column.degraded.includes("unknown");
    this.#columns.set(
      key,
      isUnknown ? { ...before, degraded: column.degraded, version: column.version } : column,
    );
    const touched = new Set([key, ...this.#dropSettled()]);
    for (const each of touched) {
      this.#shown.delete(each);
      this.#tell(each);
    }
  }

  /**
   * Shows a change immediately, and takes it back if `ask` is refused. Rejects with the error of
   * `ask`.
   */
  async change<Answer>(id: string, change: Change, ask: () => Promise<Answer>): Promise<Answer> {
    const base = this.find(id);
    if (!base) throw new Error("there is no such booking");
    const patch: Patch = { change, base: this.#truth(id) ?? base, isAnswered: false };
    this.#setPatch(id, patch);
    try {
      const answer = await ask();
      patch.isAnswered = true;
      this.#retell(this.#dropSettled());
      setTimeout(() => this.#removePatch(id, patch), WAIT_FOR_STREAM);
      return answer;
    } catch (error) {
      this.#removePatch(id, patch);
      throw error;
    }
  }

  #setPatch(id: string, patch: Patch): void {
    const before = this.#keysOf(id);
    this.#patches.set(id, patch);
    this.#retell([...before, ...this.#keysOf(id)]);
  }

  #removePatch(id: string, patch: Patch): void {
    if (this.#patches.get(id) !== patch) return;
    const before = this.#keysOf(id);
    this.#patches.delete(id);
    this.#retell([...before, ...this.#keysOf(id)]);
  }

  /**
   * Removes the patches of changes that the server has sent meanwhile, or that a newer state
   * replaces. Returns the keys of their columns.
   */
  #dropSettled(): string[] {
    const touched: string[] = [];
    for (const [id, patch] of this.#patches) {
      if (!patch.isAnswered || isSame(this.#truth(id), patch.base)) continue;
      touched.push(...this.#keysOf(id));
      this.#patches.delete(id);
      touched.push(...this.#keysOf(id));
    }
    return touched;
  }

  #retell(keys: Iterable<string>): void {
    for (const key of new Set(keys)) {
      this.#shown.delete(key);
      this.#tell(key);
    }
  }

  #tell(key: string): void {
    for (const listener of [...(this.#listeners.get(key) ?? [])]) listener();
  }

  #truth(id: string): Entry | undefined {
    for (const column of this.#columns.values()) {
      const found = column.entries.find((entry) => entry.id === id);
      if (found) return found;
    }
    return undefined;
  }

  /** Returns the keys of the columns on which an entry is shown. */
  #keysOf(id: string): string[] {
    const entry = this.find(id);
    if (!entry) return this.#keysWith(this.#truth(id));
    return [...this.#keysWith(entry), ...this.#keysWith(this.#truth(id))];
  }

  #keysWith(entry: Entry | undefined): string[] {
    if (!entry) return [];
    return this.columns.filter((column) => isOn(entry, column)).map(keyOfColumn);
  }

  #see(key: string): Entry[] {
    const column = this.#columns.get(key);
    if (!column) return [];
    const entries = column.entries.filter((entry) => !this.#patches.has(entry.id));
    for (const patch of this.#patches.values()) {
      const entry = apply(patch);
      if (!patch.change.isGone && isOn(entry, column)) entries.push(entry);
    }
    return entries.sort((one, other) => Date.parse(one.starts_at) - Date.parse(other.starts_at));
  }
}

const isOn = (entry: Entry, column: Column) =>
  entry.resource_id === column.resource_id &&
  Date.parse(entry.starts_at) < Date.parse(column.ends_at) &&
  Date.parse(entry.ends_at) > Date.parse(column.starts_at);

/** Returns the entry at the place where the patch puts it, with its buffers. */
function apply({ change, base }: Patch): Entry {
  const { resource_id, starts_at, ends_at } = change;
  const shift = (edge: string, from: string, to: string) =>
    new Date(Date.parse(edge) + Date.parse(to) - Date.parse(from)).toISOString();
  return {
    ...base,
    resource_id,
    starts_at,
    ends_at,
    busy_from: shift(base.busy_from, base.starts_at, starts_at),
    busy_until: shift(base.busy_until, base.ends_at, ends_at),
  };
}

const isSame = (one: Entry | undefined, other: Entry) =>
  one !== undefined &&
  one.resource_id === other.resource_id &&
  Date.parse(one.starts_at) === Date.parse(other.starts_at) &&
  Date.parse(one.ends_at) === Date.parse(other.ends_at) &&
  one.status === other.status;
