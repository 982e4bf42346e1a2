"""The units of a tenant (unit kerja), a tree: what may be made, renamed, moved and deleted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from services.common.errors import Conflict, InvalidField, NotFound, WrongState

MAX_DEPTH: Final = 8
MAX_UNITS: Final = 500
# They part the names of a path ("Dinas Kominfo › Bidang Infrastruktur"), on the command line and in reports.
_SEPARATORS: Final = frozenset(">›")


@dataclass(frozen=True, slots=True)
class Unit:
    """`parent_id` is "" at the top. The revision grows by one with each change."""

    unit_id: str
    parent_id: str
    name: str
    revision: int = 1


Units = Mapping[str, Unit]


def create(units: Units, unit_id: str, parent_id: str, name: str) -> Unit:
    """The new unit. Raises InvalidField (name, parent_id), Conflict (name), WrongState (too many)."""
    if len(units) >= MAX_UNITS:
        raise WrongState(f"a tenant has at most {MAX_UNITS} units")
    unit = Unit(unit_id, parent_id, name)
    _check_name(name)
    _check_place(units, unit, parent_id)
    return unit


def change(units: Units, unit_id: str, revision: int, name: str | None, parent_id: str | None) -> Unit:
    """The unit as it is afterwards; None leaves a field as it is. Raises NotFound, and as `create` and `_known` do."""
    unit = _known(units, unit_id, revision)
    changed = replace(
        unit,
        name=unit.name if name is None else name,
        parent_id=unit.parent_id if parent_id is None else parent_id,
        revision=unit.revision + 1,
    )
    if name is not None:
        _check_name(name)
    _check_place(units, changed, changed.parent_id)
    return changed


def check_delete(units: Units, unit_id: str, revision: int, accounts: int) -> None:
    """Raises NotFound, Conflict (revision), WrongState while anything is in the unit."""
    unit = _known(units, unit_id, revision)
    if below := sum(other.parent_id == unit.unit_id for other in units.values()):
        raise WrongState(f"the unit has {_count(below, 'unit')} below it: move or delete those first", field="unit_id")
    if accounts:
        raise WrongState(f"the unit has {_count(accounts, 'account')}: move those first", field="unit_id")


def in_order(units: Iterable[Unit]) -> list[Unit]:
    """Parents before children, siblings by name."""
    children: dict[str, list[Unit]] = {}
    for unit in units:
        children.setdefault(unit.parent_id, []).append(unit)
    for siblings in children.values():
        siblings.sort(key=lambda unit: (unit.name.casefold(), unit.unit_id), reverse=True)
    ordered: list[Unit] = []
    waiting = list(children.get("", ()))
    while waiting:
        unit = waiting.pop()
        ordered.append(unit)
        waiting += children.get(unit.unit_id, ())
    return ordered


def named(units: Iterable[Unit], parent_id: str, name: str) -> Unit | None:
    """The unit of that name (ignoring case) directly below the parent; no two are named alike."""
    folded = name.casefold()
    return next((unit for unit in units if unit.parent_id == parent_id and unit.name.casefold() == folded), None)


def _known(units: Units, unit_id: str, revision: int) -> Unit:
    """Raises NotFound; Conflict when it was changed meanwhile."""
    unit = units.get(unit_id)
    if unit is None:
        raise NotFound()
    if unit.revision != revision:
        raise Conflict(field="revision")
    return unit


def _check_name(name: str) -> None:
    if not _SEPARATORS.isdisjoint(name):
        raise InvalidField("name", "must not contain > or ›, which part the names of a path")


def _check_place(units: Units, unit: Unit, parent_id: str) -> None:
    """Raises InvalidField (no such parent, a cycle, too deep) or Conflict (a sibling of that name)."""
    above = 0
    ancestor_id = parent_id
    while ancestor_id:
        if ancestor_id == unit.unit_id:
            raise InvalidField("parent_id", "must not be the unit itself or one below it")
        ancestor = units.get(ancestor_id)
        if ancestor is None:
            raise InvalidField("parent_id", "must be a unit of the tenant")
        ancestor_id = ancestor.parent_id
        above += 1
    if above + _height(units, unit.unit_id) > MAX_DEPTH:
        raise InvalidField("parent_id", f"at most {MAX_DEPTH} levels of units")
    sibling = named(units.values(), parent_id, unit.name)
    if sibling is not None and sibling.unit_id != unit.unit_id:
        raise Conflict("a unit at the same place has this name", field="name")


def _height(units: Units, unit_id: str) -> int:
    """The levels of a unit with those below it; 1 for one that has none."""
    below = [other.unit_id for other in units.values() if other.parent_id == unit_id]
    return 1 + max((_height(units, one) for one in below), default=0)


def _count(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}"
