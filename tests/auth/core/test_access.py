"""Who may do what to whose accounts."""

import pytest

from services.auth.core.access import Actor, check_change, check_disable, check_new_role, tenant_of
from services.common.errors import NotFound, PermissionDenied

HOST, ADMIN, OPERATOR = 2, 4, 5
admin = Actor("luwu", "admin", ADMIN)
operator = Actor("province", "op", OPERATOR)


def test_tenants() -> None:
    assert tenant_of(admin, "") == "luwu"
    assert tenant_of(admin, "luwu") == "luwu"
    assert tenant_of(operator, "luwu") == "luwu"
    with pytest.raises(NotFound):
        tenant_of(admin, "utara")


def test_nobody_gives_a_role_above_their_own() -> None:
    check_new_role(admin, ADMIN)
    check_new_role(operator, OPERATOR)
    with pytest.raises(PermissionDenied):
        check_new_role(admin, OPERATOR)


def test_changes() -> None:
    check_change(admin, "somebody", HOST)
    check_change(admin, "somebody", HOST, ADMIN)
    check_change(admin, "admin", ADMIN, ADMIN)
    for arguments in [
        ("op", OPERATOR, 0),
        ("admin", ADMIN, OPERATOR),
        ("admin", ADMIN, HOST),
        ("other", HOST, OPERATOR),
    ]:
        with pytest.raises(PermissionDenied):
            check_change(admin, *arguments)


def test_disabling() -> None:
    check_disable(admin, "somebody", HOST)
    with pytest.raises(PermissionDenied):
        check_disable(admin, "admin", ADMIN)
