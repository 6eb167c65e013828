import type { Catalog } from "../offer/catalog";
import type { Staff } from "../route";

/**
 * The zone in which all steps show times and count days: that of the resource that is asked for, or
 * the business's while it may be anyone. The server names the same one in its answers.
 */
export function zoneOf({ business, resources }: Catalog, staff: Staff): string {
  return resources.find(({ id }) => id === staff)?.time_zone ?? business.time_zone;
}
