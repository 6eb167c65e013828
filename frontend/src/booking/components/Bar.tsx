import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "react";

interface BarProps {
  /** The state of the visitor's choice, in a few words. */
  title: ComponentChildren;
  notice: ComponentChildren;
  children: ComponentChildren;
}

/** The state of the visitor's choice and the next step, always in the same place. */
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

/** The bar must not cover an element that the browser scrolls into view. */
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
