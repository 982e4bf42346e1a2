"""The units of a tenant as a tree: what lies below one, and where one stands.

Auth keeps it free of circles. Should one come nevertheless (a stale copy beside a new one), nothing here runs on.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from sipulung.auth.v1 import unit_pb2

_BELOW: Final = " › "


def below(units: Iterable[unit_pb2.Unit], unit_id: str) -> frozenset[str]:
    """The unit itself and all under it; nothing for a unit that does not exist, and for ""."""
    children: dict[str, list[str]] = {}
    known = set()
    for unit in units:
        known.add(unit.unit_id)
        children.setdefault(unit.parent_id, []).append(unit.unit_id)
    if unit_id not in known:
        return frozenset()
    found = {unit_id}
    waiting = [unit_id]
    while waiting:
        new = [child for child in children.get(waiting.pop(), ()) if child not in found]
        found.update(new)
        waiting += new
    return frozenset(found)


def path(units: Iterable[unit_pb2.Unit], unit_id: str) -> str:
    """The names from the top down, "Dinas Kominfo › Bidang IKP"; "" for a unit that does not exist."""
    return paths(units).get(unit_id, "")


def paths(units: Iterable[unit_pb2.Unit]) -> dict[str, str]:
    """The path of every unit."""
    by_id = {unit.unit_id: unit for unit in units}
    return {unit_id: _path(by_id, unit_id) for unit_id in by_id}


def _path(by_id: dict[str, unit_pb2.Unit], unit_id: str) -> str:
    names: list[str] = []
    passed: set[str] = set()
    while unit_id in by_id and unit_id not in passed:
        passed.add(unit_id)
        names.append(by_id[unit_id].name)
        unit_id = by_id[unit_id].parent_id
    return _BELOW.join(reversed(names))
