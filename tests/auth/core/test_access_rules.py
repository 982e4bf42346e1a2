"""The rules of roles, tried with every pair of people: nobody rises, and nobody reaches above themselves."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from services.auth.core.access import Actor, check_change, check_disable, check_new_role, tenant_of
from services.common.errors import DomainError

ROLES = st.integers(1, 5)
IDS = st.sampled_from(["a", "b", "c"])
ACTORS = st.builds(Actor, st.sampled_from(["luwu", "utara"]), IDS, ROLES)


def allowed(check: object, *arguments: object) -> bool:
    try:
        check(*arguments)  # type: ignore[operator]  # whichever of the checks
    except DomainError:
        return False
    return True


@given(ACTORS, ROLES)
def test_a_new_account_is_never_above_its_maker(actor: Actor, role: int) -> None:
    assert allowed(check_new_role, actor, role) == (role <= actor.role)


@given(ACTORS, IDS, ROLES, st.integers(0, 5))
def test_a_change_never_ends_above_the_one_who_made_it(actor: Actor, account: str, current: int, new: int) -> None:
    current = actor.role if account == actor.account_id else current
    if allowed(check_change, actor, account, current, new):
        assert max(current, new) <= actor.role
        assert account != actor.account_id or new in (0, current)


@given(ACTORS, IDS, ROLES)
def test_nobody_disables_themselves_or_somebody_above(actor: Actor, account: str, current: int) -> None:
    current = actor.role if account == actor.account_id else current
    assert allowed(check_disable, actor, account, current) == (account != actor.account_id and current <= actor.role)


@given(st.lists(st.tuples(IDS, IDS, ROLES), max_size=30), st.lists(ROLES, min_size=3, max_size=3))
def test_no_sequence_of_changes_raises_anybody_above_the_highest(
    steps: list[tuple[str, str, int]], roles: list[int]
) -> None:
    people = dict(zip("abc", roles, strict=True))
    for who, whom, new in steps:
        if allowed(check_change, Actor("luwu", who, people[who]), whom, people[whom], new):
            people[whom] = new
    assert max(people.values()) == max(roles)


@given(ACTORS, st.sampled_from(["", "luwu", "utara"]))
def test_only_operators_leave_their_tenant(actor: Actor, named: str) -> None:
    reached = allowed(tenant_of, actor, named)
    assert reached == (actor.is_operator or named in ("", actor.tenant_id))
