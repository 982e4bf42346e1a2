"""Units by name: "Dinas Kominfo > Bidang IKP", or the name alone where the tenant has only one such unit."""

from __future__ import annotations

import re
from collections.abc import Sequence

from services.cli.context import Context
from services.cli.failures import Failure
from sipulung.auth.v1 import unit_pb2, unit_pb2_grpc

_SEPARATOR = re.compile(r"\s*[>›]\s*")


class UnitTree:
    """All units of a tenant, parents before children."""

    def __init__(self, units: Sequence[unit_pb2.Unit]) -> None:
        self.units = units
        self._by_id = {unit.unit_id: unit for unit in units}

    def names(self, unit_id: str) -> list[str]:
        """From the top down; none for no unit, or for one that is not there."""
        unit = self._by_id.get(unit_id)
        return [] if unit is None else [*self.names(unit.parent_id), unit.name]

    def path(self, unit_id: str) -> str:
        """As people read and write it; "" for no unit."""
        return " > ".join(self.names(unit_id))

    def find(self, text: str) -> unit_pb2.Unit:
        """The unit whose path ends so, ignoring case. Raises ValueError for none, or for several."""
        wanted = [" ".join(name.split()).casefold() for name in _SEPARATOR.split(text.strip())]
        paths = {unit.unit_id: [name.casefold() for name in self.names(unit.unit_id)] for unit in self.units}
        found = [unit for unit in self.units if paths[unit.unit_id][-len(wanted) :] == wanted]
        # A whole path means that unit, though another's path ends in the same way.
        whole = [unit for unit in found if paths[unit.unit_id] == wanted]
        if len(found) == 1 or len(whole) == 1:
            return (whole or found)[0]
        if not found:
            raise ValueError(f"there is no unit {text.strip()!r}")
        raise ValueError(
            f"there are several units {text.strip()!r}: " + "; ".join(self.path(one.unit_id) for one in found)
        )


async def unit_tree(context: Context) -> UnitTree:
    """Of the caller's tenant."""
    stub: unit_pb2_grpc.UnitServiceAsyncStub = unit_pb2_grpc.UnitServiceStub(context.auth())
    return UnitTree(list((await context.ask(stub.ListUnits, unit_pb2.ListUnitsRequest())).units))


async def unit_id_of(context: Context, path: str) -> str:
    """The unit's id; "" for "none" or "". Raises Failure."""
    if path.strip().casefold() in ("", "none"):
        return ""
    tree = await unit_tree(context)
    try:
        return tree.find(path).unit_id
    except ValueError as error:
        raise Failure(str(error)) from None
