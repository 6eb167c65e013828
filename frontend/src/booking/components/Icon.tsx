type Name =
  | "back"
  | "on"
  | "clock"
  | "tag"
  | "pin"
  | "phone"
  | "video"
  | "globe"
  | "tick"
  | "lock"
  | "calendar";

/**
 * A picture beside words that say the same, so a screen reader leaves it out. Its lines are in
 * `index.html`, so they don't make the script larger.
 */
export function Icon({ name }: { name: Name }) {
  return (
    <svg class="icon" data-icon={name} aria-hidden="true">
      <use href={`#icon-${name}`} />
    </svg>
  );
}
