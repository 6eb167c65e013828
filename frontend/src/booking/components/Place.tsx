import type { Service } from "../../core/wire";
import { texts } from "../texts";
import { Icon } from "./Icon";

const MAP = "https://www.google.com/maps/search/?api=1&query=";

interface PlaceProps {
  kind: Service["place_kind"];
  place: string | null;
  /** The language of the place's text, if it isn't that of the page. */
  lang: string | undefined;
}

const isLink = (place: string) => /^https?:/.test(place);

/**
 * The place of a service or business, with a link to it: a map, or the page that is named. `place`
 * is null if the catalog has none, or if only those who have booked see it.
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
