import type { Service } from "../../core/wire";
import type { Catalog } from "../offer/catalog";
import type { Staff } from "../route";

/** Whether nobody has to go anywhere, so that each has the time of where they are. */
export const isRemote = ({ place_kind: kind }: Service) => kind === "video" || kind === "phone";

/**
 * The zone in which the steps count days: that of the chosen resource. Without one,
 * it is the zone that all resources of the service share, or else the business's. The server uses
 * the same one in its answers.
 */
export function zoneOf(catalog: Catalog, service: Service | undefined, staff: Staff): string {
  const { business, resources } = catalog;
  const asked = resources.find(({ id }) => id === staff);
  if (asked) return asked.time_zone;
  const serving = resources.filter(({ id }) => service?.resource_ids.includes(id));
  const [shared, ...others] = new Set(serving.map(({ time_zone }) => time_zone));
  return shared !== undefined && others.length === 0 ? shared : business.time_zone;
}
