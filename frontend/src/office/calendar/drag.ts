/** A time on a column, in minutes from the beginning of its day. */
export interface Draft {
  key: string;
  starts: number;
  ends: number;
}

export interface Hit {
  key: string;
  minutes: number;
}

export type Grip = "move" | "end" | "create";

export interface DragHooks {
  /**
   * Returns what is under a point. It is measured on the page, so that text from right to left and
   * scrolling need no code.
   */
  hit(x: number, y: number): Hit | null;
  /** Returns where the block is before the drag, or null if it can't be dragged. */
  begin(id: string): Draft | null;
  /** Returns the length of a column, in minutes. */
  lengthOf(key: string): number;
  preview(grip: Grip, id: string | null, draft: Draft | null): void;
  drop(grip: Grip, id: string | null, draft: Draft): void;
  tap(id: string | null, hit: Hit | null): void;
}

const STEP = 15;
const SLOP = 4;
const LONG_PRESS = 350;
const EDGE = 32;
const SCROLL_DIVISOR = 3;

const toStep = (minutes: number) => Math.round(minutes / STEP) * STEP;
const downToStep = (minutes: number) => Math.floor(minutes / STEP) * STEP;

interface Gesture {
  pointer: number;
  grip: Grip;
  id: string | null;
  from: { x: number; y: number };
  at: { x: number; y: number };
  hit: Hit | null;
  base: Draft | null;
  draft: Draft | null;
  isDragging: boolean;
  timer: number;
}

/**
 * Follows drags on the grid. A mouse or pen drags immediately; a finger has to rest first, so that
 * a swipe still scrolls. Returns a function that stops this.
 */
export function watchDrag(root: HTMLElement, hooks: DragHooks): () => void {
  let gesture: Gesture | null = null;
  let frame = 0;

  function begin(): void {
    if (!gesture) return;
    gesture.hit = hooks.hit(gesture.from.x, gesture.from.y);
    gesture.base = baseOf(gesture);
    if (!gesture.hit || !gesture.base) {
      cancel();
      return;
    }
    gesture.isDragging = true;
    root.setPointerCapture(gesture.pointer);
    frame = requestAnimationFrame(tick);
  }

  function baseOf({ grip, id, hit }: Gesture): Draft | null {
    if (grip !== "create") return id === null ? null : hooks.begin(id);
    if (!hit) return null;
    const starts = downToStep(hit.minutes);
    return { key: hit.key, starts, ends: starts + STEP };
  }

  function tick(): void {
    if (!gesture?.isDragging) return;
    scrollAtEdges(gesture.at);
    update();
    frame = requestAnimationFrame(tick);
  }

  function scrollAtEdges({ x, y }: { x: number; y: number }): void {
    const box = root.getBoundingClientRect();
    const distanceBeyond = (at: number, low: number, high: number) => {
      if (at < low + EDGE) return at - low - EDGE;
      return at > high - EDGE ? at - high + EDGE : 0;
    };
    const across = distanceBeyond(x, box.left, box.right) / SCROLL_DIVISOR;
    const down = distanceBeyond(y, box.top, box.bottom) / SCROLL_DIVISOR;
    if (across || down) root.scrollBy(across, down);
  }

  function update(): void {
    if (!gesture?.isDragging || !gesture.base || !gesture.hit) return;
    const hit = hooks.hit(gesture.at.x, gesture.at.y);
    if (!hit) return;
    const next = draftAt(gesture.grip, gesture.base, gesture.hit, hit);
    const draft = shiftIntoDay(next, hooks.lengthOf(next.key));
    const was = gesture.draft;
    if (was && was.key === draft.key && was.starts === draft.starts && was.ends === draft.ends)
      return;
    gesture.draft = draft;
    hooks.preview(gesture.grip, gesture.id, draft);
  }

  function cancel(): void {
    if (!gesture) return;
    clearTimeout(gesture.timer);
    cancelAnimationFrame(frame);
    const { grip, id, isDragging } = gesture;
    gesture = null;
    if (isDragging) hooks.preview(grip, id, null);
  }

  function onDown(event: PointerEvent): void {
    if (!event.isPrimary || event.button !== 0 || gesture) return;
    const target = event.target as Element;
    const block = target.closest<HTMLElement>("[data-id]");
    if (!block && !target.closest("[data-key]")) return;
    const at = { x: event.clientX, y: event.clientY };
    const onBlock: Grip = target.closest("[data-grip]") ? "end" : "move";
    gesture = {
      pointer: event.pointerId,
      grip: block ? onBlock : "create",
      id: block?.dataset.id ?? null,
      from: at,
      at,
      hit: null,
      base: null,
      draft: null,
      isDragging: false,
      timer: 0,
    };
    if (event.pointerType !== "mouse") gesture.timer = window.setTimeout(begin, LONG_PRESS);
  }

  function onMove(event: PointerEvent): void {
    if (gesture?.pointer !== event.pointerId) return;
    gesture.at = { x: event.clientX, y: event.clientY };
    if (gesture.isDragging) return;
    const { from, at } = gesture;
    if (Math.hypot(at.x - from.x, at.y - from.y) < SLOP) return;
    if (event.pointerType === "mouse") begin();
    else cancel();
  }

  function onUp(event: PointerEvent): void {
    if (gesture?.pointer !== event.pointerId) return;
    gesture.at = { x: event.clientX, y: event.clientY };
    update();
    const { isDragging, draft, grip, id, from } = gesture;
    if (!isDragging || !draft) {
      cancel();
      if (!isDragging) hooks.tap(id, hooks.hit(from.x, from.y));
      return;
    }
    clearTimeout(gesture.timer);
    cancelAnimationFrame(frame);
    gesture = null;
    hooks.drop(grip, id, draft);
  }

  function onKey(event: KeyboardEvent): void {
    if (event.key !== "Escape" || !gesture?.isDragging) return;
    event.preventDefault();
    event.stopPropagation();
    cancel();
  }

  // The page must not scroll under a finger that drags. Only a listener that isn't passive and was
  // added before the touch can prevent that.
  function onTouch(event: TouchEvent): void {
    if (gesture?.isDragging && event.cancelable) event.preventDefault();
  }

  function onMenu(event: Event): void {
    if (gesture?.timer) event.preventDefault();
  }

  root.addEventListener("pointerdown", onDown);
  root.addEventListener("pointermove", onMove);
  root.addEventListener("pointerup", onUp);
  root.addEventListener("pointercancel", cancel);
  root.addEventListener("touchmove", onTouch, { passive: false });
  root.addEventListener("contextmenu", onMenu);
  document.addEventListener("keydown", onKey, true);
  return () => {
    cancel();
    root.removeEventListener("pointerdown", onDown);
    root.removeEventListener("pointermove", onMove);
    root.removeEventListener("pointerup", onUp);
    root.removeEventListener("pointercancel", cancel);
    root.removeEventListener("touchmove", onTouch);
    root.removeEventListener("contextmenu", onMenu);
    document.removeEventListener("keydown", onKey, true);
  };
}

/**
 * Returns where a drag has brought a block. `base` is the block's time before the drag, `from` the
 * point at which it began, and `to` the present point.
 */
export function draftAt(grip: Grip, base: Draft, from: Hit, to: Hit): Draft {
  const by = toStep(to.minutes - from.minutes);
  if (grip === "move") return { key: to.key, starts: base.starts + by, ends: base.ends + by };
  if (grip === "end") return { ...base, ends: Math.max(base.starts + STEP, base.ends + by) };
  const [first, last] = [downToStep(from.minutes), downToStep(to.minutes)];
  return { key: base.key, starts: Math.min(first, last), ends: Math.max(first, last) + STEP };
}

/** Moves a draft so that it begins within its day. */
export function shiftIntoDay(draft: Draft, length: number): Draft {
  const starts = Math.min(Math.max(0, draft.starts), length - STEP);
  return { key: draft.key, starts, ends: draft.ends + starts - draft.starts };
}
