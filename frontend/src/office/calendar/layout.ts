import type { Entry } from "./wire";

/**
 * A part of the calendar that is drawn as one: an entry, or all seats of a class with the same
 * start.
 */
export interface Block {
  id: string;
  entries: [Entry, ...Entry[]];
  isClass: boolean;
  starts: number;
  ends: number;
}

/** A block in one of the `lanes` beside each other that it shares its time with. */
export interface Placed {
  block: Block;
  lane: number;
  lanes: number;
}

/**
 * Makes blocks of entries, in which the seats of each class are together. A service is a class if
 * `capacityOf` returns more than 1.
 */
export function blocksOf(
  entries: readonly Entry[],
  capacityOf: (service: number | null) => number,
): Block[] {
  const blocks = new Map<string, Block>();
  for (const entry of entries) {
    const isClass = capacityOf(entry.service_id) > 1;
    const id = isClass ? `class ${entry.service_id} ${entry.starts_at}` : entry.id;
    const starts = Date.parse(entry.starts_at);
    const ends = Date.parse(entry.ends_at);
    const known = blocks.get(id);
    if (known) {
      known.entries.push(entry);
      known.ends = Math.max(known.ends, ends);
    } else blocks.set(id, { id, entries: [entry], isClass, starts, ends });
  }
  return [...blocks.values()];
}

/**
 * Places blocks that overlap beside each other. A block that overlaps no other has the whole width.
 */
export function place(blocks: readonly Block[]): Placed[] {
  const sorted = [...blocks].sort(
    (one, other) =>
      one.starts - other.starts || other.ends - one.ends || (one.id < other.id ? -1 : 1),
  );
  const placed: Placed[] = [];
  let group: Placed[] = [];
  let ends: number[] = [];
  const close = () => {
    for (const each of group) each.lanes = ends.length;
    group = [];
    ends = [];
  };
  for (const block of sorted) {
    if (ends.length && block.starts >= Math.max(...ends)) close();
    const free = ends.findIndex((end) => end <= block.starts);
    const lane = free < 0 ? ends.length : free;
    ends[lane] = block.ends;
    const each = { block, lane, lanes: 1 };
    group.push(each);
    placed.push(each);
  }
  close();
  return placed;
}

/** Tells whether a booking looks different from a confirmed one that is still to come. */
export const isMarked = ({ status }: Entry): boolean =>
  status === "requested" || status === "completed" || status === "no_show";
