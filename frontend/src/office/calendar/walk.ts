const STOPS = "a, button";

/**
 * Moves the focus through a table by keys. Up and down go through the links and buttons of a cell,
 * and then to the cell above or below. Left and right go to the cells beside it. Home and End go to
 * the first and last cell of the row.
 */
export function walk(event: KeyboardEvent, table: HTMLTableElement | null): void {
  const target = event.target as HTMLElement;
  const cell = target.closest<HTMLTableCellElement>("th, td");
  if (!table || !cell || event.ctrlKey || event.metaKey || event.altKey) return;
  const row = cell.parentElement as HTMLTableRowElement;
  const stops = stopsOf(cell);
  const at = stops.indexOf(target);
  const isRtl = getComputedStyle(table).direction === "rtl";
  const findBeside = (step: number) => nearest(row, cell.cellIndex, step, at);
  const keys: Record<string, () => HTMLElement | undefined> = {
    ArrowDown: () => stops[at + 1] ?? below(table, row, cell.cellIndex, 1)[0],
    ArrowUp: () => stops[at - 1] ?? below(table, row, cell.cellIndex, -1).at(-1),
    ArrowRight: () => findBeside(isRtl ? -1 : 1),
    ArrowLeft: () => findBeside(isRtl ? 1 : -1),
    Home: () => nearest(row, -1, 1, at),
    End: () => nearest(row, row.cells.length, -1, at),
  };
  const find = keys[event.key];
  if (!find) return;
  event.preventDefault();
  event.stopPropagation();
  find()?.focus();
}

const stopsOf = (cell: Element | undefined): HTMLElement[] => [
  ...(cell?.querySelectorAll<HTMLElement>(STOPS) ?? []),
];

/** Returns the links and buttons of the next cell of a column that has any. */
function below(
  table: HTMLTableElement,
  row: HTMLTableRowElement,
  column: number,
  step: number,
): HTMLElement[] {
  for (let at = row.rowIndex + step; table.rows[at]; at += step) {
    const found = stopsOf(table.rows[at]?.cells[column]);
    if (found.length) return found;
  }
  return [];
}

/**
 * Returns a link or button of the next cell of a row that has any, as far down as the present one
 * is.
 */
function nearest(
  row: HTMLTableRowElement,
  from: number,
  step: number,
  at: number,
): HTMLElement | undefined {
  for (let next = from + step; row.cells[next]; next += step) {
    const found = stopsOf(row.cells[next]);
    if (found.length) return found[Math.min(at, found.length - 1)];
  }
  return undefined;
}
