import { useEffect, useLayoutEffect, useRef, useState } from "react";
import { time, zoneName } from "../format/format";
import { cityOf } from "../format/zones";
import { useServerNow } from "../hooks/useRepeatedly";
import type { Zones } from "../hooks/useZones";
import { fill, later } from "../texts";
import { Icon } from "./Icon";

/** How many zones are shown at most. The visitor finds the others by typing. */
const MAX_SHOWN = 50;
const MINUTE = 60_000;

interface ZoneListProps {
  zones: Zones;
  onClose(): void;
}

/**
 * A dialog with the time zones and their present time. The visitor's zone and that of the business
 * come first; the visitor finds others by typing.
 */
export function ZoneList({ zones, onClose }: ZoneListProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [wanted, want] = useState("");
  const now = useServerNow(MINUTE);
  useLayoutEffect(() => {
    const list = dialog.current;
    // When the list closes, the browser gives the focus back to the element that had it before. In
    // Safari a click does not give the focus to a button, so the button that opens the list, which
    // is the element before it, gets the focus here.
    if (list?.previousElementSibling instanceof HTMLElement) list.previousElementSibling.focus();
    list?.showModal();
  }, []);
  useEffect(() => {
    const { body } = document;
    body.style.overflow = "hidden";
    return () => {
      body.style.overflow = "";
    };
  }, []);

  const first = [...new Set([zones.own, zones.days])];
  const others = allZones().filter((zone) => !first.includes(zone));
  const isFound = (zone: string) => plain(wordsOf(zone, now)).includes(plain(wanted));
  const matching = wanted.trim() === "" ? others : others.filter(isFound);
  const top = wanted.trim() === "" ? first : first.filter(isFound);
  const shown = [...top, ...matching.slice(0, MAX_SHOWN)];
  const close = () => dialog.current?.close();
  const choose = (zone: string) => {
    zones.choose(zone);
    close();
  };

  return (
    <dialog
      ref={dialog}
      class="zone-list"
      aria-label={later.findZone}
      closedby="any"
      onClose={onClose}
    >
      <div class="zone-list-head">
        <input
          type="search"
          name="zone"
          aria-label={later.findZone}
          placeholder={later.findZone}
          data-testid="zone-search"
          autocomplete="off"
          value={wanted}
          onInput={(event) => want(event.currentTarget.value)}
        />
        <button type="button" class="change" onClick={close}>
          {later.close}
        </button>
      </div>
      <p class="quiet" role="status">
        {shown.length === 0 && fill(later.noZone, { wanted: wanted.trim() })}
      </p>
      <ul>
        {shown.map((zone) => (
          <li key={zone}>
            <button
              type="button"
              data-zone={zone}
              aria-current={zone === zones.shown}
              onClick={() => choose(zone)}
            >
              <span class="zone-city">
                {zone === zones.shown && <Icon name="tick" />}
                <bdi>{cityOf(zone)}</bdi>
              </span>
              <span class="zone-now">{time(new Date(now).toISOString(), zone)}</span>
              <span class="zone-name">
                {[
                  zone === zones.own && later.ownZone,
                  zone === zones.days && later.businessZone,
                  zoneName(zone, now),
                ]
                  .filter(Boolean)
                  .join(" · ")}
              </span>
            </button>
          </li>
        ))}
      </ul>
      {matching.length > MAX_SHOWN && <p class="quiet zone-more">{later.moreZones}</p>}
    </dialog>
  );
}

function allZones(): string[] {
  const known: { supportedValuesOf?(key: "timeZone"): string[] } = Intl as never;
  const zones = known.supportedValuesOf?.("timeZone") ?? [];
  return zones.sort((one, other) => cityOf(one).localeCompare(cityOf(other)));
}

const plain = (text: string) =>
  text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase().replaceAll("_", " ").trim();

const words = new Map<string, string>();

/**
 * Returns the words by which a zone is found: its city, its region, and its name in the language of
 * the page.
 */
function wordsOf(zone: string, now: number): string {
  const known = words.get(zone) ?? `${cityOf(zone)} ${zone} ${zoneName(zone, now)}`;
  words.set(zone, known);
  return known;
}
