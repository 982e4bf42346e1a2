"""Who may read the attendance of whose meetings: hosts their own, heads of unit those of their unit and below, tenant
admins all of the tenant. What somebody may not read looks like what does not exist."""

from __future__ import annotations

from dataclasses import dataclass

from services.common.errors import NotFound
from services.common.ids import MeetingId
from services.common.tenancy import AccountPrincipal, require_account
from services.roster.core.meeting import Definition
from services.roster.core.state import MeetingState
from services.roster.core.units import below
from services.roster.directory import Directory
from services.roster.keys import MeetingRef
from services.roster.meetings import Meetings
from sipulung.common.v1 import common_pb2


@dataclass(frozen=True, slots=True)
class Reader:
    """An account, with the units whose meetings it may read; None: all of the tenant's."""

    who: AccountPrincipal
    units: frozenset[str] | None

    def may_read(self, definition: Definition) -> bool:
        """Of a meeting of the reader's own tenant."""
        return (
            definition.owner_account_id == self.who.account_id
            or self.units is None
            or definition.owner_unit_id in self.units
        )


async def reader(directory: Directory) -> Reader:
    """The calling account. Raises Unauthenticated, and Unavailable for a head of unit while the units are unknown."""
    who = require_account()
    if who.role >= common_pb2.ACCOUNT_ROLE_TENANT_ADMIN:
        return Reader(who, None)
    if who.role >= common_pb2.ACCOUNT_ROLE_HEAD_OF_UNIT and who.unit_id:
        frame = await directory.frame(who.tenant_id)
        return Reader(who, below(frame.units, who.unit_id))
    return Reader(who, frozenset())


async def read_meeting(
    meetings: Meetings, directory: Directory, meeting_id: MeetingId
) -> tuple[MeetingRef, MeetingState]:
    """A meeting whose attendance the calling account may read. Raises NotFound."""
    who = require_account()
    ref = MeetingRef(who.tenant_id, meeting_id)
    state = await meetings.load(ref)
    # Its owner needs nobody's word for it, so also reads it while auth is away.
    if state.definition.owner_account_id != who.account_id and not (await reader(directory)).may_read(state.definition):
        raise NotFound()
    return ref, state
