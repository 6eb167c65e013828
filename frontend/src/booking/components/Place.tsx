import type { Service } from "../../core/wire";
import { texts } from "../texts";
import { Icon } from "./Icon";

const MAP = "https://www.google.com/maps/search/?api=1&query=";

interface PlaceProps {
  kind: Service["place_kind"];
  place: string | null;
  /** Of the place, if it isn't that of the page. */
  lang: string | undefined;
}

const isLink = (place: string) => /^https?:/.test(place);

/**
 * Where something takes place, and the way there: a map, or the page that is named. Null: a place
 * isn't told, be it that only who has booked is told it.
 */
export function Place({ kind, place, lang }: PlaceProps) {
  if (kind === "address" && !place) return null;
  const link =
    place && (isLink(place) ? place : kind === "address" && MAP + encodeURIComponent(place));
  return (
    <li>
      <Icon name={kind === "phone" || kind === "video" ? kind : "pin"} />
      <span>
        {kind !== "address" && texts.placeKinds[kind]}
        {kind !== "address" && place && " · "}
        {place && <bdi lang={lang}>{place}</bdi>}{" "}
        {link && (
          <a class="change" href={link} target="_blank" rel="noreferrer">
            {isLink(place) ? texts.openPlace : texts.directions}
          </a>
        )}
      </span>
    </li>
  );
}
