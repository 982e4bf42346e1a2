# ruff: noqa: N802 - the RPCs have the names of the proto
"""A tenant's frame as signaling sees it in auth: units, accounts and settings in memory, with revisions."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import grpc

from services.common.errors import Conflict, NotFound, PermissionDenied, WrongState
from services.common.ids import new_id
from services.common.tenancy import AccountPrincipal, require_account
from sipulung.auth.v1 import (
    account_pb2,
    account_pb2_grpc,
    tenant_pb2,
    tenant_pb2_grpc,
    unit_pb2,
    unit_pb2_grpc,
)

Context = grpc.aio.ServicerContext[Any, Any]


class TenantNode(
    tenant_pb2_grpc.TenantServiceServicer, unit_pb2_grpc.UnitServiceServicer, account_pb2_grpc.AccountServiceServicer
):
    """Of whichever tenant asks: each has its own."""

    def __init__(self) -> None:
        self.tenants: dict[str, tenant_pb2.Tenant] = {}
        self.units: dict[str, dict[str, unit_pb2.Unit]] = {}
        self.accounts: dict[str, dict[str, account_pb2.Account]] = {}

    def _of(self, who: AccountPrincipal) -> tenant_pb2.Tenant:
        new = tenant_pb2.Tenant(tenant_id=who.tenant_id, slug=who.tenant_id, name="Kabupaten", revision=1)
        return self.tenants.setdefault(who.tenant_id, new)

    async def CreateTenant(
        self, request: tenant_pb2.CreateTenantRequest, context: Context
    ) -> tenant_pb2.CreateTenantResponse:
        raise PermissionDenied

    async def ListTenants(
        self, request: tenant_pb2.ListTenantsRequest, context: Context
    ) -> tenant_pb2.ListTenantsResponse:
        raise PermissionDenied

    async def GetTenant(self, request: tenant_pb2.GetTenantRequest, context: Context) -> tenant_pb2.GetTenantResponse:
        return tenant_pb2.GetTenantResponse(tenant=self._of(require_account()))

    async def UpdateTenant(
        self, request: tenant_pb2.UpdateTenantRequest, context: Context
    ) -> tenant_pb2.UpdateTenantResponse:
        tenant = self._of(require_account())
        if tenant.revision != request.revision:
            raise Conflict(field="revision")
        for name in ("name", "time_zone", "language"):
            if getattr(request, name):
                setattr(tenant, name, getattr(request, name))
        for name in ("office_hours", "letterhead", "retention"):
            if request.HasField(name):  # type: ignore[arg-type]  # a name of the three above
                getattr(tenant, name).CopyFrom(getattr(request, name))
        tenant.revision += 1
        return tenant_pb2.UpdateTenantResponse(tenant=tenant)

    async def CreateUnit(self, request: unit_pb2.CreateUnitRequest, context: Context) -> unit_pb2.CreateUnitResponse:
        units = self.units.setdefault(require_account().tenant_id, {})
        if request.parent_id and request.parent_id not in units:
            raise NotFound
        unit = unit_pb2.Unit(unit_id=new_id(), parent_id=request.parent_id, name=request.name, revision=1)
        units[unit.unit_id] = unit
        return unit_pb2.CreateUnitResponse(unit=unit)

    def _unit(self, unit_id: str, revision: int) -> unit_pb2.Unit:
        unit = self.units.get(require_account().tenant_id, {}).get(unit_id)
        if unit is None:
            raise NotFound
        if unit.revision != revision:
            raise Conflict(field="revision")
        return unit

    async def UpdateUnit(self, request: unit_pb2.UpdateUnitRequest, context: Context) -> unit_pb2.UpdateUnitResponse:
        unit = self._unit(request.unit_id, request.revision)
        if request.HasField("name"):
            unit.name = request.name
        if request.HasField("parent_id"):
            unit.parent_id = request.parent_id
        unit.revision += 1
        return unit_pb2.UpdateUnitResponse(unit=unit)

    async def DeleteUnit(self, request: unit_pb2.DeleteUnitRequest, context: Context) -> unit_pb2.DeleteUnitResponse:
        unit = self._unit(request.unit_id, request.revision)
        units = self.units[require_account().tenant_id]
        if any(one.parent_id == unit.unit_id for one in units.values()):
            raise WrongState("it is not empty")
        del units[unit.unit_id]
        return unit_pb2.DeleteUnitResponse()

    async def ListUnits(self, request: unit_pb2.ListUnitsRequest, context: Context) -> unit_pb2.ListUnitsResponse:
        return unit_pb2.ListUnitsResponse(units=self.units.get(require_account().tenant_id, {}).values())

    async def CreateAccount(
        self, request: account_pb2.CreateAccountRequest, context: Context
    ) -> account_pb2.CreateAccountResponse:
        who, new = require_account(), request.account
        accounts = self.accounts.setdefault(who.tenant_id, {})
        if any(one.user == new.user for one in accounts.values()):
            raise Conflict(field="account.user")
        account = account_pb2.Account(
            account_id=new_id(),
            tenant_id=who.tenant_id,
            user=new.user,
            name=new.name,
            nip=new.nip,
            role=new.role,
            unit_id=new.unit_id,
            created_at_ms=1,
            revision=1,
        )
        accounts[account.account_id] = account
        return account_pb2.CreateAccountResponse(account=account, password="" if new.password else "sirih-pinang")

    async def ImportAccounts(
        self, request: account_pb2.ImportAccountsRequest, context: Context
    ) -> AsyncIterator[account_pb2.ImportAccountsResponse]:
        raise PermissionDenied
        yield

    def _account(self, account_id: str) -> account_pb2.Account:
        account = self.accounts.get(require_account().tenant_id, {}).get(account_id)
        if account is None:
            raise NotFound
        return account

    async def UpdateAccount(
        self, request: account_pb2.UpdateAccountRequest, context: Context
    ) -> account_pb2.UpdateAccountResponse:
        account = self._account(request.account_id)
        if account.revision != request.revision:
            raise Conflict(field="revision")
        account.name = request.name or account.name
        account.role = request.role or account.role
        if request.HasField("nip"):
            account.nip = request.nip
        if request.HasField("unit_id"):
            account.unit_id = request.unit_id
        if request.enable:
            account.disabled = False
        account.revision += 1
        return account_pb2.UpdateAccountResponse(account=account)

    async def DisableAccount(
        self, request: account_pb2.DisableAccountRequest, context: Context
    ) -> account_pb2.DisableAccountResponse:
        account = self._account(request.account_id)
        account.disabled = True
        return account_pb2.DisableAccountResponse(account=account)

    async def ListAccounts(
        self, request: account_pb2.ListAccountsRequest, context: Context
    ) -> account_pb2.ListAccountsResponse:
        found = [
            one
            for one in self.accounts.get(require_account().tenant_id, {}).values()
            if request.query.lower() in f"{one.user} {one.name} {one.nip}".lower()
        ]
        return account_pb2.ListAccountsResponse(accounts=found)

    async def ResetPassword(
        self, request: account_pb2.ResetPasswordRequest, context: Context
    ) -> account_pb2.ResetPasswordResponse:
        self._account(request.account_id)
        return account_pb2.ResetPasswordResponse(password="" if request.password else "sirih-pinang")
