import { useState } from "react";
import { minutesAhead, whereabouts, zoneInWords } from "../format/zones";
import type { Zones } from "../hooks/useZones";
import { fill, texts } from "../texts";
import { Icon } from "./Icon";

/**
 * Where the visitor's clock shows other times, whose these are, and the way to the others. It is for
 * those who have chosen nothing yet, and stays when they do, so that no time moves.
 */
export function ZoneStrip({ zones, now }: { zones: Zones; now: number }) {
  const { own, shown, days, isChosen, choose } = zones;
  const [isNeeded] = useState(!isChosen && shown !== own);
  if (!isNeeded || minutesAhead(own, days, now) === 0) return null;
  const isOwn = shown === own;
  return (
    <p class="zone-strip" data-testid="zone-strip">
      <Icon name="globe" />
      <span>{whereabouts(zones, now)}</span>
      <button
        type="button"
        class="change"
        data-testid="show-mine"
        onClick={() => choose(isOwn ? days : own)}
      >
        {isOwn ? fill(texts.showZone, { zone: zoneInWords(days) }) : texts.showMine}
      </button>
    </p>
  );
}
