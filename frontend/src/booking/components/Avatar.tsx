import { useState } from "react";
import type { Resource } from "../../core/wire";
import { Picture } from "./Picture";

/**
 * The degrees on the colour wheel between one id and the next. This is the golden angle, which
 * keeps neighbours apart.
 */
const TURN = 137;

/** A small picture of a person or a thing, or its initials on a colour of its own. */
export function Avatar({ resource: { id, name, picture } }: { resource: Resource }) {
  const [isMissing, miss] = useState(false);
  if (picture && !isMissing)
    return <Picture class="avatar" of={picture} onMissing={() => miss(true)} />;
  const initials = name.split(/\s+/).map((word) => [...word][0]);
  return (
    <span class="avatar" aria-hidden="true" style={{ "--hue": (id * TURN) % 360 }}>
      {initials[0]}
      {initials.length > 1 && initials.at(-1)}
    </span>
  );
}
