"""DirectoryService: what the other services need to know of tenants and people."""

from typing import Any, Final

import grpc

from services.auth.server import tenants, units
from services.auth.server.pages import after_token, page_size, page_token
from services.auth.server.parts import Parts
from services.auth.store.accounts import Account
from sipulung.auth.v1 import directory_pb2, directory_pb2_grpc
from sipulung.common.v1.common_pb2 import AccountRole

_Context = grpc.aio.ServicerContext[Any, Any]
_PEOPLE: Final = 500


class DirectoryServicer(directory_pb2_grpc.DirectoryServiceServicer):
    """For services, which name the tenant themselves."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    async def GetFrame(  # noqa: N802 - the name of the RPC
        self, request: directory_pb2.GetFrameRequest, context: _Context
    ) -> directory_pb2.GetFrameResponse:
        """Raises NotFound."""
        tenant = await self._parts.tenants.get(request.tenant_id)
        found = await self._parts.units.list(tenant.tenant_id)
        return directory_pb2.GetFrameResponse(tenant=tenants.to_proto(tenant), units=map(units.to_proto, found))

    async def LookUpPeople(  # noqa: N802
        self, request: directory_pb2.LookUpPeopleRequest, context: _Context
    ) -> directory_pb2.LookUpPeopleResponse:
        """Each once, in the order of the request; ids of other tenants are ids of nobody."""
        ids = list(dict.fromkeys(request.account_ids))
        accounts = await self._parts.accounts.several(request.tenant_id, ids)
        return directory_pb2.LookUpPeopleResponse(people=map(_person, accounts))

    async def ListPeople(  # noqa: N802
        self, request: directory_pb2.ListPeopleRequest, context: _Context
    ) -> directory_pb2.ListPeopleResponse:
        """Nobody, for a tenant that does not exist. Raises InvalidField (page_token)."""
        size = page_size(request.page_size, _PEOPLE)
        accounts, last = await self._parts.accounts.page(request.tenant_id, after_token(request.page_token), size)
        return directory_pb2.ListPeopleResponse(people=map(_person, accounts), next_page_token=page_token(last))


def _person(account: Account) -> directory_pb2.Person:
    return directory_pb2.Person(
        account_id=account.account_id,
        name=account.name,
        nip=account.nip,
        unit_id=account.unit_id,
        role=AccountRole.ValueType(account.role),
        disabled=account.disabled,
        created_at_ms=account.created_at_ms,
    )
