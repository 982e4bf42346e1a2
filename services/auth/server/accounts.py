"""AccountService."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any

import grpc

from services.auth.core.access import Actor, check_change, check_disable, check_new_role, tenant_of
from services.auth.core.password import password_problem
from services.auth.server.account_creation import NO_UNIT, create_accounts, role_name, to_proto
from services.auth.server.pages import after_token, page_size, page_token
from services.auth.server.parts import Parts, generate_account_password, now_ms
from services.auth.store.accounts import Account, NoSuchUnit
from services.common.errors import Conflict, InvalidField, NotFound
from services.common.validation import normalise_name
from sipulung.auth.v1 import account_pb2, account_pb2_grpc
from sipulung.common.v1.common_pb2 import AccountRole
from sipulung.roster.v1.attendance_pb2 import AuditRecord

_Context = grpc.aio.ServicerContext[Any, Any]
_Step = account_pb2.ImportAccountsResponse
_OVER = -1
_ADMIN = AccountRole.ACCOUNT_ROLE_TENANT_ADMIN


class AccountServicer(account_pb2_grpc.AccountServiceServicer):
    """Who can sign in."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    async def CreateAccount(  # noqa: N802 - the name of the RPC
        self, request: account_pb2.CreateAccountRequest, context: _Context
    ) -> account_pb2.CreateAccountResponse:
        """Raises Conflict (taken), InvalidField (weak password), PermissionDenied (role), NotFound (tenant)."""
        created = await self._create(request.tenant_id, [request.account], "account.")
        return created[0]

    async def ImportAccounts(  # noqa: N802
        self, request: account_pb2.ImportAccountsRequest, context: _Context
    ) -> AsyncIterator[_Step]:
        """All or nothing: whoever stops to listen before the end has made no account. Raises as CreateAccount, with the
        path of the entry."""
        hashed: asyncio.Queue[int] = asyncio.Queue()
        task = asyncio.create_task(
            self._create(request.tenant_id, request.accounts, "accounts[{}].", hashed.put_nowait)
        )
        task.add_done_callback(lambda _: hashed.put_nowait(_OVER))
        try:
            while (count := await hashed.get()) != _OVER:
                yield _Step(hashed=count)
            yield _Step(accounts=await task)
        finally:
            task.cancel()

    async def UpdateAccount(  # noqa: N802
        self, request: account_pb2.UpdateAccountRequest, context: _Context
    ) -> account_pb2.UpdateAccountResponse:
        """Raises NotFound, PermissionDenied, Conflict, InvalidField (unit_id).

        Nobody is signed out by it. Another role or unit counts here at once, and elsewhere with the next access token,
        which is fetched before the last one ends (SIPULUNG_ACCESS_TOKEN_SECONDS, 10 min).
        """
        actor, account = await self._reach(request.account_id)
        check_change(actor, account.account_id, account.role, request.role)
        if account.revision != request.revision:
            raise Conflict(field="revision")
        changes: dict[str, str | int] = {"name": normalise_name(request.name), "role": int(request.role)}
        given = {field: value for field, value in changes.items() if value}
        if request.HasField("nip"):
            given["nip"] = request.nip
        if request.HasField("unit_id"):
            given["unit_id"] = request.unit_id
        enables = {"disabled": 0} if request.enable and account.disabled else {}
        details = sorted(given)
        if request.role and request.role != account.role:
            details[details.index("role")] = f"role {role_name(request.role)}"
        notes = [self._noted(actor, "account.enable", account)] if enables else []
        if details or not enables:
            notes.append(self._noted(actor, "account.update", account, ", ".join(details)))
        try:
            changed = await self._parts.accounts.update(account, {**given, **enables}, notes, actor)
        except NoSuchUnit:
            raise InvalidField("unit_id", NO_UNIT) from None
        return account_pb2.UpdateAccountResponse(account=to_proto(changed))

    async def DisableAccount(  # noqa: N802
        self, request: account_pb2.DisableAccountRequest, context: _Context
    ) -> account_pb2.DisableAccountResponse:
        """Its sessions end; access tokens live on for their ten minutes. Raises NotFound, PermissionDenied."""
        actor, account = await self._reach(request.account_id)
        check_disable(actor, account.account_id, account.role)
        if not account.disabled:
            noted = self._noted(actor, "account.disable", account)
            account = await self._parts.accounts.update(account, {"disabled": 1}, [noted], actor, ends_sessions=True)
        return account_pb2.DisableAccountResponse(account=to_proto(account))

    async def ListAccounts(  # noqa: N802
        self, request: account_pb2.ListAccountsRequest, context: _Context
    ) -> account_pb2.ListAccountsResponse:
        """Ordered by user. Raises NotFound for another tenant."""
        actor = await self._parts.actor(_ADMIN)
        tenant = await self._parts.tenants.get(tenant_of(actor, request.tenant_id))
        size = page_size(request.page_size)
        after = after_token(request.page_token)
        if request.query:
            accounts, last = await self._parts.accounts.search(tenant.tenant_id, request.query, after, size)
        else:
            accounts, last = await self._parts.accounts.page(tenant.tenant_id, after, size)
        return account_pb2.ListAccountsResponse(accounts=map(to_proto, accounts), next_page_token=page_token(last))

    async def ResetPassword(  # noqa: N802
        self, request: account_pb2.ResetPasswordRequest, context: _Context
    ) -> account_pb2.ResetPasswordResponse:
        """The account's sessions end. Raises NotFound, PermissionDenied, InvalidField."""
        actor, account = await self._reach(request.account_id)
        check_change(actor, account.account_id, account.role)
        tenant = await self._parts.tenants.get(account.tenant_id)
        password = request.password or generate_account_password()
        if problem := password_problem(password, user=account.user, slug=tenant.slug):
            raise InvalidField("password", problem)
        encoded = await self._parts.hashing.accounts.hash(password)
        noted = self._noted(actor, "account.reset_password", account)
        await self._parts.accounts.update(account, {"password_hash": encoded}, [noted], actor, ends_sessions=True)
        return account_pb2.ResetPasswordResponse(password="" if request.password else password)

    def _noted(self, actor: Actor, action: str, account: Account, detail: str = "") -> AuditRecord:
        return self._parts.audit.by(actor, account.tenant_id, action, f"account:{account.account_id}", detail)

    async def _reach(self, account_id: str) -> tuple[Actor, Account]:
        """The only way to somebody's account: the caller's own tenant's, or any for province operators."""
        actor = await self._parts.actor(_ADMIN)
        tenant_id: str | None = actor.tenant_id
        if actor.is_operator:
            tenant_id = await self._parts.accounts.tenant_of(account_id)
        if tenant_id is None:
            raise NotFound()
        return actor, await self._parts.accounts.get(tenant_id, account_id)

    async def _create(
        self,
        tenant_id: str,
        entries: Sequence[account_pb2.NewAccount],
        path: str,
        tick: Callable[[int], None] = lambda hashed: None,
    ) -> list[account_pb2.CreateAccountResponse]:
        actor = await self._parts.actor(_ADMIN)
        tenant = await self._parts.tenants.get(tenant_of(actor, tenant_id))
        for entry in entries:
            check_new_role(actor, entry.role)

        def noted(account: Account) -> AuditRecord:
            detail = f"role {role_name(AccountRole.ValueType(account.role))}"
            return self._noted(actor, "account.create", account, detail)

        return await create_accounts(self._parts, tenant, entries, path, now_ms(), noted, tick)
