import { type Block, blocksOf } from "./layout";
import { keyOfColumn, type Schedule } from "./schedule";
import type { BusyTime, Closure, Column } from "./wire";
import type { Words } from "./words";

/** One line of a list, in which the entries of columns are below each other by start. */
export type Line = { key: string; starts: number; ends: number; column: Column } & What;

type What =
  | { kind: "block"; block: Block }
  | { kind: "busy"; busy: BusyTime }
  | { kind: "closure"; closure: Closure };

/**
 * Returns everything on these columns, which are of one day. An entry that began before the day
 * begins with it. A closure of the whole business is listed once.
 */
export function linesOf(schedule: Schedule, words: Words, columns: readonly Column[]): Line[] {
  const ofBusiness = new Set<number>();
  const isNew = ({ id, is_of_business }: Closure) => {
    if (!is_of_business) return true;
    const isFirst = !ofBusiness.has(id);
    ofBusiness.add(id);
    return isFirst;
  };
  const lines = columns.flatMap((column) => [
    ...column.closures
      .filter(isNew)
      .map((closure) =>
        lineOf(column, closure, `closure ${closure.id}`, { kind: "closure", closure }),
      ),
    ...column.busy_times.map((busy) =>
      lineOf(column, busy, `busy ${busy.id}`, { kind: "busy", busy }),
    ),
    ...blocksOf(schedule.entries(keyOfColumn(column)), words.capacityOf).map((block) => ({
      key: `${keyOfColumn(column)} ${block.id}`,
      starts: block.starts,
      ends: block.ends,
      column,
      kind: "block" as const,
      block,
    })),
  ]);
  return lines.sort((one, other) => one.starts - other.starts);
}

function lineOf(
  column: Column,
  time: { starts_at: string; ends_at: string },
  name: string,
  what: What,
): Line {
  const starts = Math.max(Date.parse(time.starts_at), Date.parse(column.starts_at));
  const ends = Math.min(Date.parse(time.ends_at), Date.parse(column.ends_at));
  return { key: `${keyOfColumn(column)} ${name}`, starts, ends, column, ...what };
}

/** Tells whether a line takes the whole day. */
export const isAllDay = ({ starts, ends, column }: Line): boolean =>
  starts <= Date.parse(column.starts_at) && ends >= Date.parse(column.ends_at);
