import { BASE } from "../../core/base";
import type { Picture as StoredPicture } from "../../core/wire";

interface PictureProps {
  of: StoredPicture;
  class?: string;
  /**
   * Called when the picture can't be shown: another site around the page may forbid foreign
   * pictures.
   */
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
