import { useEffect, useState } from "react";
import { Problem } from "../../api/problem";
import type { AppearanceOut } from "../api/types";
import { useOfficeApi } from "../shell/office";

/** What is chosen of how the booking page looks. */
export interface Look {
  accent: string;
  radius: number;
  font: string;
}

/** So that a colour that is being dragged doesn't ask for every shade on its way. */
const PAUSE = 120;

/** The appearance of what is chosen now; while that is no colour yet, the one before. */
export function useAppearance({ accent, radius, font }: Look): AppearanceOut | null {
  const api = useOfficeApi();
  const [found, setFound] = useState<AppearanceOut | null>(null);
  useEffect(() => {
    let isCurrent = true;
    const query = new URLSearchParams({ accent, radius: String(radius), font });
    const asking = setTimeout(() => {
      api.get<AppearanceOut>(`/appearance?${query}`).then(
        (answer) => isCurrent && setFound(answer),
        (error) => {
          if (!(error instanceof Problem)) throw error;
        },
      );
    }, PAUSE);
    return () => {
      isCurrent = false;
      clearTimeout(asking);
    };
  }, [api, accent, radius, font]);
  return found;
}
