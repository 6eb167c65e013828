import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "react";
import { usePageServices } from "../pageServices";

interface DockProps {
  /** What the visitor has to know of the choice. */
  notice: ComponentChildren;
  /** Whether it must be seen: now, or only after a while. Otherwise screen readers alone say it. */
  urgency: "now" | "late" | "none";
  /** The choice and the next step; nothing before there is a choice. */
  children: ComponentChildren;
}

/** The end of a step, which stays in view: the bar with the next step, and notices above it. */
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

/** The dock must not cover an element that the browser scrolls into view, nor the chosen time that
 * has made it appear. */
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

/** The choice in a line, and the next step. */
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
