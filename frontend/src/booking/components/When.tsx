import { dayOf } from "../../core/localTime";
import type { Interval } from "../../core/wire";
import { longDay, time, visitorZone, zoneName } from "../format/format";
import * as texts from "../texts";

interface WhenProps extends Interval {
  timeZone: string;
  /** Zones in which the visitor may have seen the time in another step. */
  otherZones?: readonly string[];
}

/** A time with its day and its zone, and again in each other zone in which it differs. */
export function When({ starts_at, ends_at, timeZone, otherZones = [] }: WhenProps) {
  const at = Date.parse(starts_at);
  const own = visitorZone() ?? timeZone;
  const dayIn = (zone: string) => longDay(dayOf(starts_at, zone));
  const between = (zone: string) => `${time(starts_at, zone)} – ${time(ends_at, zone)}`;
  const written = (zone: string) => `${dayIn(zone)}, ${between(zone)}`;
  const differing = [own, ...otherZones].filter(
    (zone, index, all) =>
      written(zone) !== written(timeZone) &&
      all.findIndex((other) => written(other) === written(zone)) === index,
  );
  return (
    <>
      <p class="when-day">{dayIn(timeZone)}</p>
      <p>
        {between(timeZone)} <span class="quiet">{zoneName(timeZone, at)}</span>
      </p>
      {differing.map((zone) => (
        <p key={zone} class="quiet" data-testid={zone === own ? "own-time" : "other-time"}>
          {texts.yourZone(written(zone), zoneName(zone, at))}
        </p>
      ))}
    </>
  );
}
