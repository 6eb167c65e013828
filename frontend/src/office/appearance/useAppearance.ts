import { useEffect, useState } from "react";
import { Problem } from "../../api/problem";
import { useOfficeApi } from "../shell/office";

/** What is chosen of how the booking page looks. */
export interface Look {
  accent: string;
  radius: number;
  font: string;
}

/** What the server makes of it. */
export interface Appearance extends Look {
  style_sheet: string;
  /** Where a colour had to be another one, in words. */
  adjustments: string[];
}

/** So that a colour that is being dragged doesn't ask for every shade on its way. */
const PAUSE = 120;

/** The appearance of what is chosen now; while that is no colour yet, the one before. */
export function useAppearance({ accent, radius, font }: Look): Appearance | null {
  const api = useOfficeApi();
  const [found, setFound] = useState<Appearance | null>(null);
  useEffect(() => {
    let isCurrent = true;
    const query = new URLSearchParams({ accent, radius: String(radius), font });
    const asking = setTimeout(() => {
      api.get<Appearance>(`/appearance?${query}`).then(
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
