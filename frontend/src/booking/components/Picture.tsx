import { BASE } from "../../core/base";
import type { Picture as StoredPicture } from "../../core/wire";

/** A stored picture beside words that say what it shows, so a screen reader leaves it out. */
export const Picture = ({ of, class: name }: { of: StoredPicture; class: string }) => (
  <img class={name} src={`${BASE}/pictures/small/${of.name}`} alt="" decoding="async" />
);
