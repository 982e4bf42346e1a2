"""Who may do what to whose accounts. Roles are ordered by their numbers."""

from dataclasses import dataclass

from services.common.errors import NotFound, PermissionDenied
from sipulung.common.v1.common_pb2 import AccountRole


@dataclass(frozen=True, slots=True)
class Actor:
    """The calling account as it is stored now, not as its token remembers it."""

    tenant_id: str
    account_id: str
    role: int

    @property
    def is_operator(self) -> bool:
        """Whether it may reach into every tenant."""
        return self.role >= AccountRole.ACCOUNT_ROLE_PROVINCE_OPERATOR


def tenant_of(actor: Actor, named: str) -> str:
    """The tenant that a request is about; "" is the actor's own. Raises NotFound for another's (as for none at all)."""
    if named and named != actor.tenant_id and not actor.is_operator:
        raise NotFound()
    return named or actor.tenant_id


def check_new_role(actor: Actor, role: int) -> None:
    """Raises PermissionDenied: nobody gives a role above their own."""
    if role > actor.role:
        raise PermissionDenied("nobody gives a role above their own")


def check_change(actor: Actor, account_id: str, current_role: int, new_role: int = 0) -> None:
    """Raises PermissionDenied. `new_role` 0 leaves the role as it is.

    Nobody changes an account above their own, nor their own role: raising it is an attack, lowering it locks out.
    """
    if current_role > actor.role:
        raise PermissionDenied("the account's role is above the caller's")
    if new_role and new_role != current_role:
        if account_id == actor.account_id:
            raise PermissionDenied("nobody changes their own role")
        check_new_role(actor, new_role)


def check_disable(actor: Actor, account_id: str, current_role: int) -> None:
    """Raises PermissionDenied: as for a change, and nobody disables themselves."""
    check_change(actor, account_id, current_role)
    if account_id == actor.account_id:
        raise PermissionDenied("nobody disables themselves")
