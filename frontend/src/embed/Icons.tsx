import { symbols } from "virtual:symbols";

/**
 * The icons of `index.html`. They are drawn again here, because a shadow tree doesn't see them
 * there.
 */
export function Icons() {
  return (
    <svg display="none" aria-hidden="true">
      {symbols.map(([id, line]) => (
        <symbol key={id} id={id} viewBox="0 0 20 20">
          <path d={line} />
        </symbol>
      ))}
    </svg>
  );
}
