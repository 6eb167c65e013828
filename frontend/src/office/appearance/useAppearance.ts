import { useEffect, useState } from "react";
import { Problem } from "../../api/problem";
import type { AppearanceOut } from "../api/types";
import { useOfficeApi } from "../shell/office";

/** The choices that make the appearance of the booking page. */
export interface Look {
  accent: string;
  radius: number;
  font: string;
}

/**
 * Milliseconds before the server is asked, so that it isn't asked for every shade while a colour is
 * dragged.
 */
const PAUSE = 120;

/**
 * Returns the appearance that the choices make. While the accent isn't a valid colour, the
 * appearance before it stays.
 */
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
