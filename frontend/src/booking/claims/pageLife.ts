import { type Cancel, listen, type Visibility } from "../../core/environment";

export type PageMoment = "shown" | "hidden" | "left";

/** Tells when the page is shown, hidden, or left for good, as far as a page can know that. */
export interface PageLife {
  isShown(): boolean;
  onMoment(listener: (moment: PageMoment) => void): Cancel;
}

export function browserPageLife(visibility: Visibility): PageLife {
  return {
    isShown: () => !visibility.isHidden(),
    onMoment(listener) {
      let left = false;
      // A page that is left is also hidden afterwards. Then only "left" counts.
      const stopWatching = visibility.onChange(() => {
        if (!left) listener(visibility.isHidden() ? "hidden" : "shown");
      });
      const stopListening = listen(window, ["pagehide", "pageshow"], ({ type }) => {
        left = type === "pagehide";
        if (left) listener("left");
        else if (!visibility.isHidden()) listener("shown");
      });
      return () => {
        stopWatching();
        stopListening();
      };
    },
  };
}
