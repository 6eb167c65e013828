"""Adds the plugin's catalog to the catalog of Dibs.

What Dibs has already stays as it is. Only new staff and closures are added to it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeVar

from dibs.ledger.catalog import Catalog, Resource, Service

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from dibs.appointease.importer.plugin_data import Plugin
    from dibs.ledger.imported import EarlierImports, Origin

Thing = TypeVar("Thing", Service, Resource)


@dataclass(frozen=True)
class MergedCatalog:
    """The merged catalog. `services` and `staff` map the plugin's ids to ids of Dibs, also the ids
    of earlier runs. `made` has what this run adds, by origin."""

    catalog: Catalog
    services: Mapping[str, int]
    staff: Mapping[str, int]
    made: Mapping[Origin, int | None]


def merge(
    plugin: Plugin,
    present: Catalog | None,
    known: EarlierImports,
    service_ids: Collection[int],
    resource_ids: Collection[int],
) -> MergedCatalog:
    """Add the plugin's services, staff and closures to the present catalog.

    `service_ids` and `resource_ids` are all ids in use, also those of retired services and
    resources.
    """
    catalog = present or Catalog(plugin.business, {}, {})
    made: dict[Origin, int | None] = {}
    services = _assign_ids("service", plugin.services, catalog.services, known, service_ids, made)
    staff = _assign_ids("staff", plugin.staff, catalog.resources, known, resource_ids, made)
    new_staff = {ours for ours in staff.values() if ours not in resource_ids}
    zone = plugin.business.time_zone
    resources = dict(catalog.resources)
    for key, ours in staff.items():
        if ours in new_staff:
            own_zone = zone if zone != catalog.business.time_zone else None
            resources[ours] = replace(plugin.staff[key], id=ours, time_zone=own_zone)
    for key, (employee, off) in plugin.time_off.items():
        ours = staff.get(employee, 0)
        if ("time off", key) not in known.ids and ours in resources:
            made["time off", key] = None
            resources[ours] = replace(resources[ours], closures=(*resources[ours].closures, off))
    closures = list(catalog.closures)
    for key, off in plugin.closures.items():
        if ("closure", key) not in known.ids:
            made["closure", key] = None
            closures.append(off)
    offered = dict(catalog.services)
    for key, ours in services.items():
        if ours not in service_ids:
            offered[ours] = replace(
                plugin.services[key],
                id=ours,
                resource_ids=_keep_existing(staff.values(), resources),
            )
        elif ours in offered and new_staff:
            # In the plugin every employee can do every service.
            able = (*offered[ours].resource_ids, *new_staff)
            offered[ours] = replace(offered[ours], resource_ids=_keep_existing(able, resources))
    merged = replace(
        catalog,
        services=offered,
        resources=dict(sorted(resources.items())),
        closures=tuple(sorted(closures)),
    )
    return MergedCatalog(merged, services, staff, made)


def _assign_ids(
    kind: str,
    theirs: Mapping[str, Thing],
    present: Mapping[int, Thing],
    known: EarlierImports,
    used: Collection[int],
    made: dict[Origin, int | None],
) -> dict[str, int]:
    """Return the id in Dibs for each id of the plugin.

    It is the id from an earlier run; else the plugin's own id, if it is free or has the same name
    in Dibs; else a new id.
    """
    ours: dict[str, int] = {}
    free = max([0, *used, *(each.id for each in theirs.values())])
    for key, each in theirs.items():
        origin = (kind, key)
        earlier = known.ids.get(origin)
        if earlier is not None:
            ours[key] = earlier
            continue
        same = each.id in present and present[each.id].name.lower() == each.name.lower()
        if same or each.id not in used:
            ours[key] = each.id
        else:
            free += 1
            ours[key] = free
        made[origin] = ours[key]
    return ours


def _keep_existing(ids: Collection[int], resources: Mapping[int, Resource]) -> tuple[int, ...]:
    return tuple(sorted(set(ids) & resources.keys()))
