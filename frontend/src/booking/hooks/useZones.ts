import type { Service } from "../../core/wire";
import { useChanges } from "../../react/useChanges";
import { visitorZone } from "../format/format";
import type { Catalog } from "../offer/catalog";
import { isRemote, zoneOf } from "../offer/timeZone";
import { usePageServices } from "../pageServices";
import type { Staff } from "../route";

/** Time zones of one question. */
export interface Zones {
  /** Where the days are counted, by the server as well. */
  days: string;
  /** In which times are shown: where the service takes place, or the visitor's if that is nowhere. */
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
