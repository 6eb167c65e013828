import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef } from "react";

interface MenuProps {
  /** The content of the menu's button. */
  name: ComponentChildren;
  isQuiet?: boolean;
  children: ComponentChildren;
}

/** A menu: choices below a button. A click elsewhere or Escape closes it. */
export function Menu({ name, isQuiet = false, children }: MenuProps) {
  const menu = useRef<HTMLDetailsElement>(null);
  useLayoutEffect(() => {
    const closeFromOutside = (event: Event) => {
      if (menu.current?.open && !menu.current.contains(event.target as Node))
        menu.current.open = false;
    };
    document.addEventListener("pointerdown", closeFromOutside);
    document.addEventListener("focusin", closeFromOutside);
    return () => {
      document.removeEventListener("pointerdown", closeFromOutside);
      document.removeEventListener("focusin", closeFromOutside);
    };
  }, []);
  return (
    <details
      ref={menu}
      class={`cal-menu ${isQuiet ? "is-quiet" : ""}`}
      onKeyDown={(event) => {
        const shown = menu.current;
        if (event.key !== "Escape" || !shown?.open) return;
        event.preventDefault();
        shown.open = false;
        shown.querySelector("summary")?.focus();
      }}
    >
      <summary>{name}</summary>
      {children}
    </details>
  );
}
