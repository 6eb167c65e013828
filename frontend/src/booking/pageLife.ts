import type { Cancel, Visibility } from "../feed/environment";

export type PageMoment = "shown" | "hidden" | "left";

/** When the page is looked at, looked away from, or left for good (as far as it can know). */
export interface PageLife {
  isShown(): boolean;
  onMoment(listener: (moment: PageMoment) => void): Cancel;
}

export function browserPageLife(visibility: Visibility): PageLife {
  return {
    isShown: () => !visibility.isHidden(),
    onMoment(listener) {
      let left = false;
      const leave = () => {
        left = true;
        listener("left");
      };
      const comeBack = () => {
        left = false;
        if (!visibility.isHidden()) listener("shown");
      };
      // A page that is being left turns hidden as well: the parting comes first and stands.
      const stopWatching = visibility.onChange(() => {
        if (!left) listener(visibility.isHidden() ? "hidden" : "shown");
      });
      addEventListener("pagehide", leave);
      addEventListener("pageshow", comeBack);
      return () => {
        stopWatching();
        removeEventListener("pagehide", leave);
        removeEventListener("pageshow", comeBack);
      };
    },
  };
}
