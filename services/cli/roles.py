"""Roles as they are written on the command line and in CSV files: "head_of_unit"."""

from typing import Final

from sipulung.common.v1.common_pb2 import AccountRole

_PREFIX: Final = "ACCOUNT_ROLE_"


def role_name(role: AccountRole.ValueType) -> str:
    """A role of a newer version is its number."""
    if role not in AccountRole.values():
        return str(role)
    return AccountRole.Name(role).removeprefix(_PREFIX).lower()


ROLES: Final = {role_name(role): role for role in AccountRole.values() if role}
