import { useLayoutEffect } from "react";
import type { Shown } from "./shown";
import { addDays, dayIn } from "./time";

interface ShortcutProps {
  shown: Shown;
  onShow(next: Partial<Shown>): void;
  onNew(): void;
  zone: string | null;
}

/** Handles keys that work everywhere except where somebody types. */
export function useShortcuts({ shown, onShow, onNew, zone }: ShortcutProps): void {
  // This is a layout effect because it runs as soon as the page is drawn. Other effects run up to a
  // frame later, and a key that is pressed before them would have no effect.
  useLayoutEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const target = event.target as HTMLElement;
      const isTyping = target.closest("input, select, textarea, dialog, [contenteditable]");
      if (isTyping || event.altKey || event.ctrlKey || event.metaKey || event.defaultPrevented)
        return;
      const isRtl = getComputedStyle(document.documentElement).direction === "rtl";
      const by = (shown.view === "week" ? 7 : 1) * (isRtl ? -1 : 1);
      const keys: Record<string, () => void> = {
        n: onNew,
        t: () => onShow({ day: dayIn(Date.now(), zone ?? "UTC") }),
        d: () => onShow({ view: "day" }),
        w: () => onShow({ view: "week" }),
        l: () => onShow({ view: "list" }),
        ArrowLeft: () => onShow({ day: addDays(shown.day, -by) }),
        ArrowRight: () => onShow({ day: addDays(shown.day, by) }),
      };
      const act = keys[event.key];
      if (!act) return;
      event.preventDefault();
      act();
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  });
}
