import type { Service } from "../../core/wire";
import { useChanges } from "../../react/useChanges";
import { visitorZone } from "../format/format";
import type { Catalog } from "../offer/catalog";
import { isRemote, zoneOf } from "../offer/timeZone";
import { usePageServices } from "../pageServices";
import type { Staff } from "../route";

/** The time zones that matter for one service and its staff. */
export interface Zones {
  /** The zone in which days are counted. The server counts them in the same one. */
  days: string;
  /**
   * The zone in which times are shown: the chosen one. Before a choice it is the zone of the place,
   * or the visitor's own for a service by telephone or video.
   */
  shown: string;
  own: string;
  isChosen: boolean;
  choose(zone: string): void;
}

export function useZones(catalog: Catalog, service: Service | undefined, staff: Staff): Zones {
  const { zoneChoice } = usePageServices();
  useChanges(zoneChoice);
  const { zone, choose } = zoneChoice;
  const days = zoneOf(catalog, service, staff);
  const own = visitorZone() ?? days;
  const shown = zone ?? (service && isRemote(service) ? own : days);
  return { days, own, shown, isChosen: zone !== null, choose };
}
