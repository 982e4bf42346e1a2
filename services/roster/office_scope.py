"""Whose office hours an account may read: a head of unit those of the unit and below, a tenant admin all of the tenant.

What somebody may not read looks like what does not exist.
"""

from __future__ import annotations

from services.common.errors import NotFound
from services.common.tenancy import AccountPrincipal
from services.roster.core.units import below
from services.roster.directory import Frame
from sipulung.common.v1 import common_pb2


def seen(frame: Frame, who: AccountPrincipal) -> frozenset[str] | None:
    """The units whose presence the caller may read; None: the whole tenant. Raises NotFound where there is none."""
    if who.role >= common_pb2.ACCOUNT_ROLE_TENANT_ADMIN:
        return None
    if who.role == common_pb2.ACCOUNT_ROLE_HEAD_OF_UNIT and any(unit.unit_id == who.unit_id for unit in frame.units):
        return below(frame.units, who.unit_id)
    raise NotFound()


def chosen(frame: Frame, who: AccountPrincipal, unit_id: str) -> frozenset[str] | None:
    """The units that were asked for. Raises NotFound for one that the caller may not read or that is not there."""
    readable = seen(frame, who)
    if not unit_id:
        return readable
    if unit_id not in ({unit.unit_id for unit in frame.units} if readable is None else readable):
        raise NotFound()
    return below(frame.units, unit_id)


def asked(who: AccountPrincipal, unit_id: str) -> str:
    """The unit at the top of what is read; "" for the whole tenant."""
    return who.unit_id if not unit_id and who.role == common_pb2.ACCOUNT_ROLE_HEAD_OF_UNIT else unit_id
