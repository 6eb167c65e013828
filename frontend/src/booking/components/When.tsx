import { dayOf } from "../../core/localTime";
import type { Interval } from "../../core/wire";
import { longDay, time, visitorZone, zoneName } from "../format/format";
import * as texts from "../texts";

interface WhenProps extends Interval {
  timeZone: string;
}

/** A time with its day and its zone, and once more in the visitor's own zone where that differs. */
export function When({ starts_at, ends_at, timeZone }: WhenProps) {
  const at = Date.parse(starts_at);
  const own = visitorZone() ?? timeZone;
  const dayIn = (zone: string) => longDay(dayOf(starts_at, zone));
  const between = (zone: string) => `${time(starts_at, zone)} – ${time(ends_at, zone)}`;
  const written = (zone: string) => `${dayIn(zone)}, ${between(zone)}`;
  return (
    <>
      <p class="when-day">{dayIn(timeZone)}</p>
      <p>
        {between(timeZone)} <span class="quiet">{zoneName(timeZone, at)}</span>
      </p>
      {written(own) !== written(timeZone) && (
        <p class="quiet" data-testid="own-time">
          {texts.yourZone(written(own), zoneName(own, at))}
        </p>
      )}
    </>
  );
}
