from __future__ import annotations

import pytest

from services.common.errors import InvalidField, WrongState
from services.roster.core import poll
from services.roster.core.poll import Poll
from tests.roster.core.scene import NOON, person


def asked() -> Poll:
    return poll.opened("7", "Setuju?", ("ya", "tidak", "tidak tahu"), "Ibu Camat", NOON)


def test_votes_are_counted_and_told_only_when_it_is_closed() -> None:
    voted = asked().voted("a", 0).voted("b", 2).voted("c", 2)
    assert (voted.voters, voted.shown) == (3, (0, 0, 0))
    closed = voted.closed(NOON + 5)
    assert (closed.voters, closed.shown, closed.closed_at_ms) == (3, (1, 0, 2), NOON + 5)
    assert not closed.votes


def test_a_vote_may_be_changed_until_then() -> None:
    voted = asked().voted("a", 0)
    assert voted.voted("a", 0) is voted
    closed = voted.voted("a", 1).closed(NOON)
    assert closed.shown == (0, 1, 0)
    with pytest.raises(WrongState):
        closed.voted("a", 0)


def test_an_option_that_is_not_there() -> None:
    with pytest.raises(InvalidField) as raised:
        asked().voted("a", 3)
    assert (raised.value.field, raised.value.message) == ("option", "from 0 to 2")


@pytest.mark.parametrize(
    ("options", "field"), [((), "options"), (("ya",), "options"), (("ya", "tidak", "YA"), "options[2]")]
)
def test_options_that_are_no_choice(options: tuple[str, ...], field: str) -> None:
    with pytest.raises(InvalidField) as raised:
        poll.opened("7", "Setuju?", options, "Ibu Camat", NOON)
    assert raised.value.field == field


def test_who_is_one_person() -> None:
    phone, laptop = person("Budi", "a", "phone", "x"), person("Budi Santoso", "b", "laptop", "x")
    assert poll.voter(phone) == poll.voter(laptop)
    assert poll.voter(person("Budi", "a", "d")) == poll.voter(person("BUDI", "b", "d"))
    others = [person("Budi", "a", "d"), person("Cici", "a", "d"), person("Budi", "a", "e"), person("Budi", "a"), phone]
    assert len({poll.voter(one) for one in others}) == len(others)
