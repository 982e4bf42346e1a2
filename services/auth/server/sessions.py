"""SessionService: signing in, staying in, signing out."""

import hashlib
import secrets
from typing import Any, Final

import grpc

from services.auth.audit import NOBODY
from services.auth.core.login import NipLogin, UserLogin, parse_login
from services.auth.core.refresh import Family, Refusal, rotate, split_token
from services.auth.core.throttle import ADDRESS, TENANT, USER
from services.auth.server.account_creation import to_proto
from services.auth.server.parts import Parts, client_address, now_ms
from services.auth.store.accounts import Account
from services.auth.store.throttles import Bucket
from services.common.errors import AccountDisabled, NotFound, Unauthenticated, WrongUserOrPassword
from services.common.ids import AccountId, TenantId, new_id
from services.common.tenancy import AccountPrincipal
from services.common.tokens import account_claims
from sipulung.auth.v1 import session_pb2, session_pb2_grpc
from sipulung.roster.v1.attendance_pb2 import AuditRecord

_Context = grpc.aio.ServicerContext[Any, Any]
_SECRET_BYTES: Final = 32


class SessionServicer(session_pb2_grpc.SessionServiceServicer):
    """Tokens of accounts."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    async def SignIn(  # noqa: N802 - the name of the RPC
        self, request: session_pb2.SignInRequest, context: _Context
    ) -> session_pb2.SignInResponse:
        """Raises WrongUserOrPassword for either, Throttled, AccountDisabled (after the right password only)."""
        parts = self._parts
        login = parse_login(request.user)
        tenant_id, account = await self._account(login)
        buckets = [Bucket("user", str(login) if login else request.user.strip().lower(), USER)]
        address = client_address(request.address)
        if address:
            buckets.append(Bucket("address", address, ADDRESS))
        # Whoever exists nowhere counts against one bucket of their own, so that both kinds of tries cost the same.
        buckets.append(Bucket("tenant", account.tenant_id if account else "", TENANT))
        await parts.throttles.take(buckets)
        encoded = account.password_hash if account else None
        if not await parts.hashing.accounts.verify(encoded, request.password) or account is None:
            if account is not None:
                await _refused(parts, account.tenant_id, _about(account), f"wrong password{_from(address)}")
            elif tenant_id and isinstance(login, UserLogin):
                await _refused(parts, tenant_id, f"user:{login.user}", f"no such user{_from(address)}")
            raise WrongUserOrPassword()
        await parts.throttles.give_back(buckets)
        if account.disabled:
            await _refused(parts, account.tenant_id, _about(account), f"account disabled{_from(address)}")
            raise AccountDisabled()
        if parts.hashing.accounts.is_outdated(account.password_hash):
            await parts.accounts.strengthen(account, await parts.hashing.accounts.hash(request.password))
        family_id, secret = new_id(), secrets.token_urlsafe(_SECRET_BYTES)
        family = Family(account.tenant_id, account.account_id, account.epoch, _digest(secret))
        who = _about(account)
        noted = parts.audit.of(account.tenant_id, who, "session.sign_in", who, _from(address).lstrip(", "))
        await parts.families.create(family_id, family, [noted])
        tenant = await parts.tenants.get(account.tenant_id)
        return session_pb2.SignInResponse(
            tokens=self._tokens(account, f"{family_id}.{secret}"), account=to_proto(account), tenant_name=tenant.name
        )

    async def Refresh(  # noqa: N802
        self, request: session_pb2.RefreshRequest, context: _Context
    ) -> session_pb2.RefreshResponse:
        """Raises Unauthenticated; Conflict when the same token is exchanged by two at once."""
        parts = self._parts
        family_id, presented = _split(request.refresh_token)
        known = await parts.families.get(family_id)
        account = None
        if known is not None:
            try:
                account = await parts.accounts.get(known.tenant_id, known.account_id)
            except NotFound:
                account = None
        epoch = None if account is None or account.disabled else account.epoch
        secret = secrets.token_urlsafe(_SECRET_BYTES)
        result = await parts.families.exchange(
            family_id, lambda family: rotate(family, _digest(presented), _digest(secret), epoch), self._reuse
        )
        if isinstance(result, Refusal) or account is None:
            raise Unauthenticated("the refresh token is no good")
        tenant = await parts.tenants.get(account.tenant_id)
        return session_pb2.RefreshResponse(
            tokens=self._tokens(account, f"{family_id}.{secret}"), account=to_proto(account), tenant_name=tenant.name
        )

    async def SignOut(  # noqa: N802
        self, request: session_pb2.SignOutRequest, context: _Context
    ) -> session_pb2.SignOutResponse:
        """Ends the family, also with one of its old tokens. A token that is no good is signed out already."""
        parted = split_token(request.refresh_token)
        # An old token must do as well: a page may hold one whose successor got lost on the way. The id stands in the
        # family's tokens only and has 100 random bits, so whoever names it had one of them.
        if parted and (family := await self._parts.families.get(parted[0])):
            who = f"account:{family.account_id}"
            noted = self._parts.audit.of(family.tenant_id, who, "session.sign_out", who)
            await self._parts.families.end(parted[0], [noted])
        return session_pb2.SignOutResponse()

    def _reuse(self, family: Family, refusal: Refusal) -> list[AuditRecord]:
        """What is noted when a family ends so."""
        if refusal is not Refusal.REUSED:
            return []
        # Whoever presented it: the thief, or the owner after the thief.
        about, detail = f"account:{family.account_id}", "the session was ended"
        return [self._parts.audit.of(family.tenant_id, NOBODY, "session.refresh_reused", about, detail)]

    async def _account(self, login: UserLogin | NipLogin | None) -> tuple[str, Account | None]:
        """Whose try it is, as far as anybody's: tenant ("" for none) and account."""
        if isinstance(login, NipLogin):
            account = await self._parts.accounts.by_nip(login.nip)
            return account.tenant_id if account else "", account
        tenant = None if login is None else await self._parts.tenants.by_slug(login.slug)
        if login is None or tenant is None:
            return "", None
        return tenant.tenant_id, await self._parts.accounts.by_user(tenant.tenant_id, login.user)

    def _tokens(self, account: Account, refresh_token: str) -> session_pb2.Tokens:
        config = self._parts.config
        who = AccountPrincipal(
            TenantId(account.tenant_id), AccountId(account.account_id), account.role, account.name, account.unit_id
        )
        return session_pb2.Tokens(
            access_token=self._parts.keys.sign(account_claims(who, now_ms() // 1000, config.access_token_s)),
            access_expires_in_s=config.access_token_s,
            refresh_token=refresh_token,
            refresh_expires_in_s=config.refresh_token_s,
        )


async def _refused(parts: Parts, tenant_id: str, about: str, detail: str) -> None:
    await parts.audit.put(parts.audit.of(tenant_id, NOBODY, "session.sign_in_failed", about, detail))


def _about(account: Account) -> str:
    return f"account:{account.account_id}"


def _from(address: str) -> str:
    """Where a try came from, as an ending of a detail."""
    return f", from {address}" if address else ""


def _split(token: str) -> tuple[str, str]:
    """Raises Unauthenticated."""
    parted = split_token(token)
    if parted is None:
        raise Unauthenticated("the refresh token is no good")
    return parted


def _digest(secret: str) -> str:
    """256 random bits need no slow hash."""
    return hashlib.sha256(secret.encode()).hexdigest()
