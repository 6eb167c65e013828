import type { ComponentChildren } from "preact";

interface BarProps {
  /** Where the visitor stands, in a few words. */
  title: ComponentChildren;
  notice: ComponentChildren;
  children: ComponentChildren;
}

/** Where the visitor stands and the next step; always in the same place. */
export function Bar({ title, notice, children }: BarProps) {
  return (
    <div class="bar">
      <p class="bar-title">{title}</p>
      <div class="notice" data-testid="notice" role="status">
        {notice}
      </div>
      <div class="bar-action">{children}</div>
    </div>
  );
}
