import { isDraggable } from "./Column";
import { conflictsOf, isForGood } from "./conflicts";
import type { Draft, Grip, Hit } from "./drag";
import { blocksOn, changeOf, findBlock, type GridActions, isAt } from "./gridActions";
import { type Change, keyOfColumn, type Schedule } from "./schedule";
import * as texts from "./texts";
import { instantAt, lengthOf, minutesOf, SNAP } from "./time";
import type { Column, Entry } from "./wire";
import type { Words } from "./words";

/**
 * The overlay that is shown while something is dragged. Preact and the columns don't know about it.
 */
export class DragView {
  readonly #schedule: Schedule;
  readonly #words: Words;
  readonly #grid: HTMLElement;
  readonly #ghost: HTMLElement;

  constructor(schedule: Schedule, words: Words, grid: HTMLElement, ghost: HTMLElement) {
    this.#schedule = schedule;
    this.#words = words;
    this.#grid = grid;
    this.#ghost = ghost;
  }

  hit(x: number, y: number): Hit | null {
    for (const element of this.#grid.querySelectorAll<HTMLElement>("[data-key]")) {
      const box = element.getBoundingClientRect();
      if (x < box.left || x >= box.right) continue;
      const key = element.dataset.key ?? "";
      const length = this.lengthOf(key);
      const minutes = ((y - box.top) / box.height) * length;
      return { key, minutes: Math.min(length, Math.max(0, minutes)) };
    }
    return null;
  }

  lengthOf(key: string): number {
    const column = this.#schedule.column(key);
    return column ? lengthOf(column) : 0;
  }

  begin(id: string): Draft | null {
    for (const column of this.#schedule.columns) {
      const key = keyOfColumn(column);
      const block = blocksOn(this.#schedule, this.#words, key).find((each) => each.id === id);
      if (!block || !isDraggable(block.entries, block.isClass)) continue;
      const [entry] = block.entries;
      const [starts, ends] = [minutesOf(column, entry.starts_at), minutesOf(column, entry.ends_at)];
      return { key, starts, ends };
    }
    return null;
  }

  preview(grip: Grip, id: string | null, draft: Draft | null): void {
    const lifted = id === null ? null : this.#grid.querySelector(`[data-id="${CSS.escape(id)}"]`);
    lifted?.classList.toggle("is-lifted", draft !== null && grip === "move");
    this.#ghost.hidden = draft === null;
    if (!draft) return;
    const column = this.#schedule.column(draft.key);
    const element = this.#grid.querySelector(`[data-key="${CSS.escape(draft.key)}"]`);
    if (!column || !element) return;
    this.#lay(element, draft);
    const change = changeOf(column, draft);
    const entry = id === null ? null : this.#entry(id);
    const [worst] = this.#conflicts(column, change, entry);
    this.#ghost.classList.toggle("is-refused", worst !== undefined && isForGood(worst));
    this.#ghost.classList.toggle("is-doubtful", worst !== undefined && !isForGood(worst));
    const time = this.#words.span(change.starts_at, change.ends_at, column.time_zone);
    const title = entry ? this.#words.title(entry, column.time_zone) : "";
    const why = worst ? this.#words.conflict(worst, column.time_zone) : "";
    this.#ghost.replaceChildren(...[time, title, why].filter(Boolean).map(line));
  }

  drop(id: string | null, draft: Draft, actions: GridActions): void {
    const column = this.#schedule.column(draft.key);
    if (!column) return;
    const change = changeOf(column, draft);
    if (id === null) {
      actions.create(column, change.starts_at, change.ends_at);
      return;
    }
    const entry = this.#entry(id);
    if (!entry || isAt(entry, change)) return;
    const [worst] = this.#conflicts(column, change, entry);
    if (worst && isForGood(worst)) {
      const what = this.#words.conflict(worst, column.time_zone);
      actions.refuse(texts.overlapsFor(what));
    } else actions.move(entry, change);
  }

  tap(
    id: string | null,
    hit: Hit | null,
    { actions, canWrite }: { actions: GridActions; canWrite: boolean },
  ): void {
    const column = hit ? this.#schedule.column(hit.key) : undefined;
    if (!hit || !column) return;
    if (id !== null) {
      const found = findBlock(this.#schedule, this.#words, id, hit.key);
      if (found) actions.open(found.block, column);
      return;
    }
    if (!canWrite || this.#isOnClosure(hit, column)) return;
    const starts = Math.floor(hit.minutes / SNAP) * SNAP;
    actions.create(column, instantAt(column, starts), null);
  }

  /** Tells whether a point is on a closure: a click there opens the closure. */
  #isOnClosure({ minutes }: Hit, column: Column): boolean {
    return column.closures.some(
      (closure) =>
        minutesOf(column, closure.starts_at) <= minutes &&
        minutes < minutesOf(column, closure.ends_at),
    );
  }

  #entry(id: string): Entry | null {
    const found = this.begin(id);
    if (!found) return null;
    const block = blocksOn(this.#schedule, this.#words, found.key).find((each) => each.id === id);
    return block?.entries[0] ?? null;
  }

  #conflicts(column: Column, change: Change, entry: Entry | null) {
    const isClass = entry !== null && this.#words.capacityOf(entry.service_id) > 1;
    const entries = this.#schedule.entries(keyOfColumn(column));
    return conflictsOf(column, entries, change, this.#words.now(), entry, isClass);
  }

  #lay(element: Element, draft: Draft): void {
    const whole = this.#grid.getBoundingClientRect();
    const box = element.getBoundingClientRect();
    const isRtl = getComputedStyle(this.#grid).direction === "rtl";
    const style = this.#ghost.style;
    style.setProperty("--x", String(isRtl ? whole.right - box.right : box.left - whole.left));
    style.setProperty("--width", String(box.width));
    style.setProperty("--from", String(draft.starts));
    style.setProperty("--until", String(draft.ends));
  }
}

function line(text: string): HTMLElement {
  const element = document.createElement("bdi");
  element.textContent = text;
  return element;
}
