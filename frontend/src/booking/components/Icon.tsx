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
 * A picture beside words that say the same, so a screen reader leaves it out. It is drawn by lines
 * of `index.html`, where they weigh nothing of the script.
 */
export function Icon({ name }: { name: Name }) {
  return (
    <svg class="icon" data-icon={name} aria-hidden="true">
      <use href={`#icon-${name}`} />
    </svg>
  );
}
