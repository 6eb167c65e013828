import { texts } from "../texts";
import { Icon } from "./Icon";

const MAP = "https://www.google.com/maps/search/?api=1&query=";

const isAddress = (place: string) => /^https?:/.test(place);

/** Where something takes place, and the way there: a map, or the page itself that is named. */
export function Place({ place }: { place: string }) {
  return (
    <>
      <Icon name="pin" />
      <span>
        <bdi>{place}</bdi>{" "}
        <a
          class="change"
          href={isAddress(place) ? place : MAP + encodeURIComponent(place)}
          target="_blank"
          rel="noreferrer"
        >
          {isAddress(place) ? texts.openPlace : texts.directions}
        </a>
      </span>
    </>
  );
}
