import { useState } from "react";
import { minutesAhead, whereabouts, zoneInWords } from "../format/zones";
import type { Zones } from "../hooks/useZones";
import { fill, texts } from "../texts";
import { Icon } from "./Icon";

/**
 * A line for visitors whose clock differs from that of the business. It says whose times are shown,
 * and its button shows the others. It is only for visitors who had chosen no zone before; it stays
 * when they choose one, so that no time moves.
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
