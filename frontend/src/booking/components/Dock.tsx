import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "react";
import { usePageServices } from "../pageServices";

interface DockProps {
  /** What the visitor has to know about the choice. */
  notice: ComponentChildren;
  /** Whether the notice is shown now or only after a while. "none": only screen readers say it. */
  urgency: "now" | "late" | "none";
  /** The choice and the next step. It is empty before there is a choice. */
  children: ComponentChildren;
}

/**
 * The end of a step, which always stays in view: the bar with the next step, and notices above it.
 */
export function Dock({ notice, urgency, children }: DockProps) {
  const { documentElement } = usePageServices().tab.document;
  const dock = useRef<HTMLDivElement>(null);
  useEffect(() => leaveRoomFor(dock.current, documentElement), [documentElement]);
  return (
    <div class="dock" ref={dock}>
      <div
        class={urgency === "none" ? "notice visually-hidden" : "notice card"}
        data-urgency={urgency}
        data-testid="notice"
        role="status"
      >
        {notice}
      </div>
      {children}
    </div>
  );
}

/**
 * Keeps the dock from covering an element that the browser scrolls into view, or the chosen time
 * that has made the dock appear. Returns a function that ends this.
 */
function leaveRoomFor(dock: HTMLElement | null, page: HTMLElement): (() => void) | undefined {
  if (!dock) return undefined;
  const { style } = page;
  let before = 0;
  const observer = new ResizeObserver(() => {
    const covers = getComputedStyle(dock).position === "sticky" ? dock.offsetHeight : 0;
    style.setProperty("--bar", `${covers}px`);
    const focused = covers > before && (dock.getRootNode() as Document).querySelector(":focus");
    if (focused) focused.scrollIntoView({ block: "nearest" });
    before = covers;
  });
  observer.observe(dock);
  observer.observe(page);
  return () => {
    observer.disconnect();
    style.removeProperty("--bar");
  };
}

interface BarProps {
  title: ComponentChildren;
  detail?: ComponentChildren;
  /** The next step. */
  children: ComponentChildren;
}

/** One line with the choice and the button for the next step. */
export function Bar({ title, detail, children }: BarProps) {
  return (
    <div class="bar">
      <div class="bar-text">
        <p class="bar-title">{title}</p>
        <p class="bar-detail">{detail}</p>
      </div>
      <div class="bar-action">{children}</div>
    </div>
  );
}
