import { dayOf } from "../../core/localTime";
import type { Interval } from "../../core/wire";
import { longDay, time, visitorZone } from "../format/format";
import { zoneInWords } from "../format/zones";

interface WhenProps extends Interval {
  timeZone: string;
  /** The zones in which the visitor may have seen the time in another step. */
  otherZones?: readonly string[];
}

/** A time with its day and zone. It is repeated for each other zone in which it differs. */
export function When({ starts_at, ends_at, timeZone, otherZones = [] }: WhenProps) {
  const own = visitorZone() ?? timeZone;
  const dayIn = (zone: string) => longDay(dayOf(starts_at, zone));
  const formatSpan = (zone: string) => `${time(starts_at, zone)} – ${time(ends_at, zone)}`;
  const formatMoment = (zone: string) => `${dayIn(zone)}, ${formatSpan(zone)}`;
  const zones = [timeZone, own, ...otherZones];
  const differing = zones.filter(
    (zone, index) =>
      zones.findIndex((other) => formatMoment(other) === formatMoment(zone)) === index,
  );
  return (
    <>
      {differing.map((zone, index) => (
        <div
          key={zone}
          class="when"
          data-testid={index === 0 ? "time" : zone === own ? "own-time" : "other-time"}
        >
          <p class="when-day">{dayIn(zone)}</p>
          <p class="when-time">
            {formatSpan(zone)} <span class="when-zone">{zoneInWords(zone)}</span>
          </p>
        </div>
      ))}
    </>
  );
}
