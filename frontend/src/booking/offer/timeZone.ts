import type { Service } from "../../core/wire";
import type { Catalog } from "../offer/catalog";
import type { Staff } from "../route";

/**
 * Tells whether a service takes place by telephone or video. Then all people use their own local
 * time.
 */
export const isRemote = ({ place_kind: kind }: Service) => kind === "video" || kind === "phone";

/**
 * Returns the zone in which the steps count days. It is that of the chosen resource. Without one,
 * it is the zone that all resources of the service share, or else that of the business. The
 * server's answers use the same zone.
 */
export function zoneOf(catalog: Catalog, service: Service | undefined, staff: Staff): string {
  const { business, resources } = catalog;
  const asked = resources.find(({ id }) => id === staff);
  if (asked) return asked.time_zone;
  const serving = resources.filter(({ id }) => service?.resource_ids.includes(id));
  const [shared, ...others] = new Set(serving.map(({ time_zone }) => time_zone));
  return shared !== undefined && others.length === 0 ? shared : business.time_zone;
}
