"""What the servicers share: the stores, the hashes and the keys, wired once in __main__."""

import secrets
import time
from dataclasses import dataclass

from redis.asyncio import Redis

from services.auth.audit import AuditLog
from services.auth.config import Config
from services.auth.core.access import Actor
from services.auth.core.password import new_account_password, new_meeting_password
from services.auth.hashing import Hashing
from services.auth.signing import SigningKeys
from services.auth.store.accounts import Account, AccountStore
from services.auth.store.families import FamilyStore
from services.auth.store.meetings import MeetingStore
from services.auth.store.outbox import Outbox
from services.auth.store.tenants import TenantStore
from services.auth.store.throttles import ThrottleStore
from services.auth.store.units import UnitStore
from services.common.errors import AccountDisabled, NotFound, PermissionDenied, Unauthenticated
from services.common.telemetry import Telemetry
from services.common.tenancy import ServicePrincipal, principal, require_account


def now_ms() -> int:
    """Unix time."""
    return time.time_ns() // 1_000_000


def generate_account_password() -> str:
    """From the system's secure source."""
    return new_account_password(secrets.randbelow)


def generate_meeting_password() -> str:
    """From the system's secure source."""
    return new_meeting_password(secrets.randbelow)


@dataclass(frozen=True, slots=True)
class Parts:
    """One auth process."""

    config: Config
    tenants: TenantStore
    units: UnitStore
    accounts: AccountStore
    meetings: MeetingStore
    families: FamilyStore
    throttles: ThrottleStore
    hashing: Hashing
    keys: SigningKeys
    audit: AuditLog

    @classmethod
    def wire(cls, config: Config, redis: Redis, keys: SigningKeys, telemetry: Telemetry) -> "Parts":
        """All construction that does not wait."""
        outbox = Outbox(redis)
        return cls(
            config,
            TenantStore(redis, outbox),
            UnitStore(redis, outbox),
            AccountStore(redis, outbox),
            MeetingStore(redis, outbox),
            FamilyStore(redis, outbox, config.refresh_token_s),
            ThrottleStore(redis, now_ms),
            Hashing(),
            keys,
            AuditLog(outbox, telemetry, now_ms),
        )

    async def caller(self) -> Account:
        """The calling account as it is now. Raises Unauthenticated, TokenExpired or AccountDisabled."""
        who = require_account()
        try:
            account = await self.accounts.get(who.tenant_id, who.account_id)
        except NotFound:
            raise Unauthenticated("the account is gone") from None
        if account.disabled:
            raise AccountDisabled()
        return account

    async def actor(self, least_role: int) -> Actor:
        """The calling account for a decision; its token may name a role it has lost. Raises PermissionDenied."""
        account = await self.caller()
        if account.role < least_role:
            raise PermissionDenied()
        return Actor(account.tenant_id, account.account_id, account.role)


def client_address(claimed: str) -> str:
    """Where a try comes from, as a service saw it; "" when somebody else says so, and nothing is counted."""
    return claimed if isinstance(principal(), ServicePrincipal) else ""
