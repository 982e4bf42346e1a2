"""Outgoing calls to auth about a tenant's frame: its settings, units and accounts. Auth authorises by the token."""

from __future__ import annotations

from typing import Final

import grpc

from services.common import rpc_client
from sipulung.auth.v1 import (
    account_pb2,
    account_pb2_grpc,
    tenant_pb2,
    tenant_pb2_grpc,
    unit_pb2,
    unit_pb2_grpc,
)

_CALL_S: Final = 5.0
# A password is hashed, and others may be before it.
_HASH_S: Final = 10.0


class AdminClient:
    """`token` is the access token of the account that asks."""

    def __init__(self, auth: grpc.aio.Channel) -> None:
        self._tenants: tenant_pb2_grpc.TenantServiceAsyncStub = tenant_pb2_grpc.TenantServiceStub(auth)
        self._units: unit_pb2_grpc.UnitServiceAsyncStub = unit_pb2_grpc.UnitServiceStub(auth)
        self._accounts: account_pb2_grpc.AccountServiceAsyncStub = account_pb2_grpc.AccountServiceStub(auth)

    async def tenant(self, token: str) -> tenant_pb2.Tenant:
        request = tenant_pb2.GetTenantRequest()
        return (await rpc_client.call(self._tenants.GetTenant, request, timeout_s=_CALL_S, token=token)).tenant

    async def update_tenant(self, request: tenant_pb2.UpdateTenantRequest, token: str) -> tenant_pb2.Tenant:
        return (await rpc_client.call(self._tenants.UpdateTenant, request, timeout_s=_CALL_S, token=token)).tenant

    async def units(self, token: str) -> list[unit_pb2.Unit]:
        """Parents before children."""
        request = unit_pb2.ListUnitsRequest()
        return list((await rpc_client.call(self._units.ListUnits, request, timeout_s=_CALL_S, token=token)).units)

    async def create_unit(self, request: unit_pb2.CreateUnitRequest, token: str) -> unit_pb2.Unit:
        return (await rpc_client.call(self._units.CreateUnit, request, timeout_s=_CALL_S, token=token)).unit

    async def update_unit(self, request: unit_pb2.UpdateUnitRequest, token: str) -> unit_pb2.Unit:
        return (await rpc_client.call(self._units.UpdateUnit, request, timeout_s=_CALL_S, token=token)).unit

    async def delete_unit(self, request: unit_pb2.DeleteUnitRequest, token: str) -> None:
        await rpc_client.call(self._units.DeleteUnit, request, timeout_s=_CALL_S, token=token)

    async def accounts(self, request: account_pb2.ListAccountsRequest, token: str) -> account_pb2.ListAccountsResponse:
        return await rpc_client.call(self._accounts.ListAccounts, request, timeout_s=_CALL_S, token=token)

    async def create_account(
        self, request: account_pb2.CreateAccountRequest, token: str
    ) -> account_pb2.CreateAccountResponse:
        return await rpc_client.call(self._accounts.CreateAccount, request, timeout_s=_HASH_S, token=token)

    async def update_account(self, request: account_pb2.UpdateAccountRequest, token: str) -> account_pb2.Account:
        return (await rpc_client.call(self._accounts.UpdateAccount, request, timeout_s=_CALL_S, token=token)).account

    async def disable_account(self, request: account_pb2.DisableAccountRequest, token: str) -> account_pb2.Account:
        return (await rpc_client.call(self._accounts.DisableAccount, request, timeout_s=_CALL_S, token=token)).account

    async def reset_password(self, request: account_pb2.ResetPasswordRequest, token: str) -> str:
        """The new password, where none was given."""
        return (await rpc_client.call(self._accounts.ResetPassword, request, timeout_s=_HASH_S, token=token)).password
