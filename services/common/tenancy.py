"""Who is calling, and for which tenant. Set by the RPC server for the time of one RPC."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Final

from services.common.errors import DomainError, Unauthenticated
from services.common.ids import AccountId, MeetingId, ParticipantId, TenantId

_NOBODY: Final = AccountId("")


@dataclass(frozen=True, slots=True)
class AccountPrincipal:
    """A signed-in account (access token). `role` is a common.v1.AccountRole; an account of no unit has unit_id ""."""

    tenant_id: TenantId
    account_id: AccountId
    role: int
    name: str
    unit_id: str = ""


@dataclass(frozen=True, slots=True)
class ParticipantPrincipal:
    """The holder of a join token for one meeting. `role` is a common.v1.MeetingRole; guests have account_id "".

    `unit_id` is that of the account, and `account_since_s` when the account was made (Unix time, 0 for guests).
    """

    tenant_id: TenantId
    meeting_id: MeetingId
    participant_id: ParticipantId
    role: int
    name: str
    account_id: AccountId = _NOBODY
    device: str = ""
    unit_id: str = ""
    account_since_s: int = 0


@dataclass(frozen=True, slots=True)
class ServicePrincipal:
    """Another service of this instance. It names tenant and meeting in its request."""

    service: str


Principal = AccountPrincipal | ParticipantPrincipal | ServicePrincipal

_principal: ContextVar[Principal | None] = ContextVar("sipulung_principal", default=None)
_refused: ContextVar[DomainError | None] = ContextVar("sipulung_refused_credential", default=None)
_bearer: ContextVar[str] = ContextVar("sipulung_bearer", default="")
_tenant: ContextVar[str] = ContextVar("sipulung_tenant", default="")


def principal() -> Principal | None:
    """The caller of the RPC in progress; None where a PUBLIC one came without a valid credential."""
    return _principal.get()


def bearer() -> str:
    """The credential of the RPC in progress as it came, to call another service on the caller's behalf; "" if none."""
    return _bearer.get()


def require_account() -> AccountPrincipal:
    """The calling account. Raises Unauthenticated, or TokenExpired when that is why there is none."""
    who = _principal.get()
    if isinstance(who, AccountPrincipal):
        return who
    raise _refused.get() or Unauthenticated("an account's access token is needed")


def require_participant() -> ParticipantPrincipal:
    """The calling participant. Raises Unauthenticated, or TokenExpired when that is why there is none."""
    who = _principal.get()
    if isinstance(who, ParticipantPrincipal):
        return who
    raise _refused.get() or Unauthenticated("a join token is needed")


def tenant() -> str:
    """The tenant that the work in progress is for, as logs and spans name it; "" where there is none."""
    return _tenant.get()


@contextmanager
def tenant_scope(tenant_id: str) -> Iterator[None]:
    """Logs and spans within carry this tenant: for work that no RPC with a tenant's credential began."""
    token = _tenant.set(tenant_id)
    try:
        yield
    finally:
        _tenant.reset(token)


@contextmanager
def calling(who: Principal | None, token: str = "", refused: DomainError | None = None) -> Iterator[None]:
    """What is within runs for this caller. Used by the RPC server, and by tests of servicers.

    The values are set back by a new `set`: a server stream's parts may run in copies of the context, where the
    tokens of `set` are not valid.
    """
    before = (_principal.get(), _bearer.get(), _refused.get(), _tenant.get())
    _principal.set(who)
    _bearer.set(token)
    _refused.set(refused)
    if who is not None and not isinstance(who, ServicePrincipal):
        _tenant.set(who.tenant_id)
    try:
        yield
    finally:
        _principal.set(before[0])
        _bearer.set(before[1])
        _refused.set(before[2])
        _tenant.set(before[3])
