"""UnitService."""

from typing import Any

import grpc

from services.auth.core.units import Unit
from services.auth.server.parts import Parts
from services.common.errors import InvalidField
from services.common.ids import new_id
from services.common.validation import normalise_name
from sipulung.auth.v1 import unit_pb2, unit_pb2_grpc
from sipulung.common.v1.common_pb2 import AccountRole

_Context = grpc.aio.ServicerContext[Any, Any]
_ADMIN = AccountRole.ACCOUNT_ROLE_TENANT_ADMIN


class UnitServicer(unit_pb2_grpc.UnitServiceServicer):
    """The tree of units of the caller's own tenant."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    async def CreateUnit(  # noqa: N802 - the name of the RPC
        self, request: unit_pb2.CreateUnitRequest, context: _Context
    ) -> unit_pb2.CreateUnitResponse:
        """Raises InvalidField, Conflict (a sibling has the name), WrongState (too many)."""
        actor = await self._parts.actor(_ADMIN)
        name, unit_id = normalise_name(request.name), new_id()
        noted = self._parts.audit.by(actor, actor.tenant_id, "unit.create", f"unit:{unit_id}", name)
        unit = await self._parts.units.create(actor.tenant_id, unit_id, request.parent_id, name, [noted])
        return unit_pb2.CreateUnitResponse(unit=to_proto(unit))

    async def UpdateUnit(  # noqa: N802
        self, request: unit_pb2.UpdateUnitRequest, context: _Context
    ) -> unit_pb2.UpdateUnitResponse:
        """Raises NotFound, Conflict, InvalidField. Who is in it stays in it."""
        actor = await self._parts.actor(_ADMIN)
        name = normalise_name(request.name) if request.HasField("name") else None
        if name == "":
            raise InvalidField("name", "is required")
        parent_id = request.parent_id if request.HasField("parent_id") else None
        details = [] if name is None else [f"name {name}"]
        details += [] if parent_id is None else [f"parent {parent_id or 'none'}"]
        about = f"unit:{request.unit_id}"
        noted = self._parts.audit.by(actor, actor.tenant_id, "unit.update", about, ", ".join(details))
        unit = await self._parts.units.change(
            actor.tenant_id, request.unit_id, request.revision, name, parent_id, [noted]
        )
        return unit_pb2.UpdateUnitResponse(unit=to_proto(unit))

    async def DeleteUnit(  # noqa: N802
        self, request: unit_pb2.DeleteUnitRequest, context: _Context
    ) -> unit_pb2.DeleteUnitResponse:
        """Raises NotFound, Conflict, WrongState while units or accounts are in it."""
        actor = await self._parts.actor(_ADMIN)
        noted = self._parts.audit.by(actor, actor.tenant_id, "unit.delete", f"unit:{request.unit_id}")
        await self._parts.units.delete(actor.tenant_id, request.unit_id, request.revision, [noted])
        return unit_pb2.DeleteUnitResponse()

    async def ListUnits(  # noqa: N802
        self, request: unit_pb2.ListUnitsRequest, context: _Context
    ) -> unit_pb2.ListUnitsResponse:
        """All of the tenant."""
        actor = await self._parts.actor(AccountRole.ACCOUNT_ROLE_PARTICIPANT)
        return unit_pb2.ListUnitsResponse(units=map(to_proto, await self._parts.units.list(actor.tenant_id)))


def to_proto(unit: Unit) -> unit_pb2.Unit:
    """As the interface shows it."""
    return unit_pb2.Unit(unit_id=unit.unit_id, parent_id=unit.parent_id, name=unit.name, revision=unit.revision)
