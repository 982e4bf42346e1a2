"""Who calls, and whether the RPC's access option lets them. Whose object it is decides the service's core."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from google.protobuf.descriptor import MethodDescriptor
from google.protobuf.message import Message

from services.common.errors import DomainError, NotFound, PermissionDenied, Unauthenticated
from services.common.tenancy import AccountPrincipal, ParticipantPrincipal, Principal, ServicePrincipal
from services.common.tokens import ServiceTokens, TokenVerifier, token_algorithm
from sipulung.common.v1 import common_pb2, options_pb2

# The least account role for each permission that accounts can have. Roles are ordered by their numbers.
_LEAST_ROLE: Final[Mapping[int, int]] = {
    options_pb2.PERMISSION_ACCOUNT: common_pb2.ACCOUNT_ROLE_PARTICIPANT,
    options_pb2.PERMISSION_HOST: common_pb2.ACCOUNT_ROLE_HOST,
    options_pb2.PERMISSION_TENANT_ADMIN: common_pb2.ACCOUNT_ROLE_TENANT_ADMIN,
    options_pb2.PERMISSION_PROVINCE_OPERATOR: common_pb2.ACCOUNT_ROLE_PROVINCE_OPERATOR,
    options_pb2.PERMISSION_MEETING_HOST: common_pb2.ACCOUNT_ROLE_HOST,
}
# The least meeting role for each permission that join tokens can have.
_LEAST_MEETING_ROLE: Final[Mapping[int, int]] = {
    options_pb2.PERMISSION_PARTICIPANT: common_pb2.MEETING_ROLE_PARTICIPANT,
    options_pb2.PERMISSION_MEETING_HOST: common_pb2.MEETING_ROLE_HOST,
}
_KNOWN: Final = frozenset(options_pb2.Permission.values()) - {options_pb2.PERMISSION_UNSPECIFIED}


@dataclass(frozen=True, slots=True)
class Caller:
    """Where an RPC came from: at most one of `principal` and `refused` (why the credential is no good) is set."""

    principal: Principal | None
    bearer: str = ""
    refused: DomainError | None = None

    @property
    def tenant(self) -> str:
        """The tenant of the credential, "" for services and for nobody."""
        return (
            "" if self.principal is None or isinstance(self.principal, ServicePrincipal) else self.principal.tenant_id
        )


class Authorisation:
    """One RPC's gate. Raises ValueError when it is made for an RPC without an access option."""

    def __init__(self, method: MethodDescriptor, verifier: TokenVerifier | None, services: ServiceTokens) -> None:
        options = method.GetOptions()
        permission = int(options.Extensions[options_pb2.access].permission)
        if permission not in _KNOWN:
            raise ValueError(f"{method.full_name} has no access option that is known: nobody says who may call it")
        self._permission = permission
        self._verifier = verifier
        self._services = services
        meeting = method.input_type.fields_by_name.get("meeting_id")
        self._names_meeting = meeting is not None

    async def identify(self, metadata: Mapping[str, str | bytes]) -> Caller:
        """Read the credential. A bad one is no error yet: PUBLIC RPCs do without."""
        header = metadata.get("authorization", "")
        if not isinstance(header, str) or not header:
            return Caller(None)
        scheme, _, token = header.partition(" ")
        if scheme.lower() != "bearer":
            return Caller(None, "", Unauthenticated("the credential is no bearer token"))
        try:
            return Caller(await self._verified(token.strip()), token.strip())
        except DomainError as error:
            return Caller(None, "", error)

    def permit(self, caller: Caller) -> None:
        """By the credential alone. Raises Unauthenticated, TokenExpired, PermissionDenied."""
        who = caller.principal
        if self._permission == options_pb2.PERMISSION_PUBLIC:
            return
        if who is None:
            raise caller.refused or Unauthenticated("a credential is needed")
        if isinstance(who, ServicePrincipal):
            allowed = self._permission == options_pb2.PERMISSION_SERVICE
        elif isinstance(who, AccountPrincipal):
            least = _LEAST_ROLE.get(self._permission)
            allowed = least is not None and who.role >= least
        else:
            least = _LEAST_MEETING_ROLE.get(self._permission)
            allowed = least is not None and who.role >= least
        if not allowed:
            raise PermissionDenied()

    def check_meeting(self, caller: Caller, request: Message) -> None:
        """A join token opens its own meeting only. Raises NotFound for another, as for one that does not exist."""
        who = caller.principal
        if self._permission != options_pb2.PERMISSION_PUBLIC and self._names_meeting:
            named: str = getattr(request, "meeting_id", "")
            if isinstance(who, ParticipantPrincipal) and named != who.meeting_id:
                raise NotFound()

    async def _verified(self, token: str) -> Principal:
        if self._verifier is not None and (known := self._verifier.remembered(token)) is not None:
            return known
        if (service := self._services.remembered(token)) is not None:
            return service
        if token_algorithm(token) == "HS256":
            return self._services.verify(token)
        if self._verifier is None:
            raise Unauthenticated("no such tokens are accepted here")
        return await self._verifier.verify_fresh(token)
