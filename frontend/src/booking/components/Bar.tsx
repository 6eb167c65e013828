import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "react";

interface BarProps {
  /** Where the visitor stands, in a few words. */
  title: ComponentChildren;
  notice: ComponentChildren;
  children: ComponentChildren;
}

/** Where the visitor stands and the next step; always in the same place. */
export function Bar({ title, notice, children }: BarProps) {
  const bar = useRef<HTMLDivElement>(null);
  useEffect(() => leaveRoomFor(bar.current), []);
  return (
    <div class="bar" ref={bar}>
      <div class="bar-text">
        <p class="bar-title">{title}</p>
        <div class="notice" data-testid="notice" role="status">
          {notice}
        </div>
      </div>
      <div class="bar-action">{children}</div>
    </div>
  );
}

/** Whatever the browser scrolls into view must not end up under the bar. */
function leaveRoomFor(bar: HTMLElement | null): (() => void) | undefined {
  if (!bar) return undefined;
  const { style } = document.documentElement;
  const observer = new ResizeObserver(() => {
    const covers = getComputedStyle(bar).position === "sticky" ? bar.offsetHeight : 0;
    style.setProperty("--bar", `${covers}px`);
  });
  observer.observe(bar);
  observer.observe(document.documentElement);
  return () => {
    observer.disconnect();
    style.removeProperty("--bar");
  };
}
