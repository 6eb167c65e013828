import { BASE } from "../../core/base";
import type { Picture as StoredPicture } from "../../core/wire";

interface PictureProps {
  of: StoredPicture;
  class?: string;
  /** It can't be shown: the site around the page may forbid pictures of others. */
  onMissing?: () => void;
}

/** A stored picture beside words that say what it shows, so a screen reader leaves it out. */
export const Picture = ({ of, class: name, onMissing }: PictureProps) => (
  <img
    class={name}
    src={`${BASE}/pictures/small/${of.name}`}
    alt=""
    decoding="async"
    onError={onMissing}
  />
);
