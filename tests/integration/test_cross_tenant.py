"""Nobody reaches another tenant: every RPC, HTTP route and WebSocket message is tried with tokens of one tenant and ids
of the other. An interface that is new fails here until it has a case (rpc_cases/, client_cases/).

Around each case the victim's state is compared, and afterwards the same request works for whom it belongs to.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, cast

import pytest
from aiohttp import web
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass

from services.common.tokens import ServiceTokens
from services.roster.feeds import GATHER_S
from services.signaling.admin_api import AdminApi
from services.signaling.http_api import HttpApi
from services.signaling.invitation_api import InvitationApi
from services.signaling.meetings_api import MeetingsApi
from services.signaling.office_api import OfficeApi
from services.signaling.own_data_api import OwnDataApi
from services.signaling.reports_api import ReportsApi
from services.signaling.routes import Handler, routes
from sipulung.common.v1 import options_pb2
from sipulung.signaling.v1 import client_pb2
from tests.common.test_interfaces import rpcs
from tests.integration import client_cases, rpc_cases
from tests.integration.attempts import Attempts, Control, HttpAttempts, RpcAttempts, SocketAttempts
from tests.integration.world import World, forged

pytestmark = pytest.mark.asyncio(loop_scope="session")

RPCS = {method.full_name: method for method in rpcs()}
_OF_ACCOUNTS = (
    options_pb2.PERMISSION_ACCOUNT,
    options_pb2.PERMISSION_HOST,
    options_pb2.PERMISSION_TENANT_ADMIN,
    options_pb2.PERMISSION_PROVINCE_OPERATOR,
)
Case = Callable[[World, Any], Awaitable[Control | None]]


async def _nothing(_: web.Request) -> web.StreamResponse:
    raise web.HTTPNotFound


def route_names() -> list[str]:
    """Every route of signaling, as "METHOD path"."""
    handler: Handler = _nothing
    api = HttpApi(cast(Any, None), cast(Any, None), cast(Any, None), ())
    apis = (
        api,
        MeetingsApi(cast(Any, None), cast(Any, None), ()),
        InvitationApi(cast(Any, None), cast(Any, None), ()),
        AdminApi(cast(Any, None)),
        OwnDataApi(cast(Any, None)),
        OfficeApi(cast(Any, None)),
        ReportsApi(cast(Any, None), cast(Any, None)),
    )
    return [f"{route.method} {route.path}" for route in routes(handler, handler, handler, *apis)]


def message_kinds() -> list[str]:
    """Every body of a client's message."""
    return [field.name for field in client_pb2.ClientMessage.DESCRIPTOR.oneofs_by_name["body"].fields]


# What the victim did themselves has reached everybody by then, and the next event goes out at once.
SETTLED_S = GATHER_S + 0.05


async def keeps_out(world: World, cases: dict[str, Case], name: str, attempts: Attempts) -> None:
    case = cases.get(name)
    assert case is not None, f"{name} has no case: nobody knows what another tenant can do with it"
    events = await world.heard_by_resident()
    before = await world.state_of(world.victim)
    control = await case(world, attempts)
    assert attempts.tried, f"the case of {name} tries nothing"
    assert await world.state_of(world.victim) == before
    assert await world.heard_by_resident() == events
    if control is not None:
        await control()
        await asyncio.sleep(SETTLED_S)


@pytest.mark.parametrize("name", list(RPCS))
async def test_an_rpc_keeps_the_other_tenant_out(world: World, name: str) -> None:
    await keeps_out(world, rpc_cases.CASES, name, RpcAttempts(world, method=RPCS[name]))


@pytest.mark.parametrize("name", route_names())
async def test_a_route_keeps_the_other_tenant_out(world: World, name: str) -> None:
    await keeps_out(world, client_cases.ROUTES, name, HttpAttempts(world, method=name.split(" ")[0]))


@pytest.mark.parametrize("kind", message_kinds())
async def test_a_message_keeps_the_other_tenant_out(world: World, kind: str) -> None:
    await keeps_out(world, client_cases.MESSAGES, kind, SocketAttempts(world, kind=kind))


@pytest.mark.parametrize("name", list(RPCS))
async def test_an_rpc_looks_at_the_credential_first(world: World, name: str) -> None:
    """Without a credential, with one that was changed, and with one of the wrong kind."""
    method = RPCS[name]
    permission = method.GetOptions().Extensions[options_pb2.access].permission
    if permission == options_pb2.PERMISSION_PUBLIC:
        return
    victim, attacker = world.victim, world.attacker
    attempts = RpcAttempts(world, method=method)
    empty: Message = GetMessageClass(method.input_type)()
    changed = (
        forged(attacker.admin, ten=victim.tenant_id),
        forged(attacker.admin, role=5),
        forged(attacker.host_join, ten=victim.tenant_id, mtg=victim.meeting_id),
        ServiceTokens("signaling", b"the key of another installation, as long").issue(),
    )
    for token in ("", "x", *changed):
        await attempts.refused(token, empty, "UNAUTHENTICATED")
    wrong_kind: tuple[str, ...]
    if permission in _OF_ACCOUNTS:
        wrong_kind = (attacker.host_join, world.service)
    elif permission == options_pb2.PERMISSION_SERVICE:
        wrong_kind = (attacker.host_join, attacker.admin, world.operator)
    elif permission == options_pb2.PERMISSION_PARTICIPANT:
        wrong_kind = (attacker.admin, world.operator, world.service)
    else:
        assert permission == options_pb2.PERMISSION_MEETING_HOST
        wrong_kind = (attacker.guest_join, attacker.participant, world.service)
    for token in wrong_kind:
        await attempts.refused(token, empty, "PERMISSION_DENIED")


async def test_there_is_no_case_for_what_does_not_exist() -> None:
    assert set(rpc_cases.CASES) <= set(RPCS)
    assert set(client_cases.ROUTES) <= set(route_names())
    assert set(client_cases.MESSAGES) <= set(message_kinds())
