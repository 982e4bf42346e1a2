"""A fault in one of many."""

from __future__ import annotations

import logging

import pytest
from redis.exceptions import ConnectionError as RedisConnectionError

from services.common.apart import Apart
from services.common.errors import NotFound


def test_the_others_get_their_turn_and_a_fault_is_told_once(caplog: pytest.LogCaptureFixture) -> None:
    apart, done = Apart(logging.getLogger("test"), "one is faulty"), []
    bad = {2}

    def round_of_all() -> None:
        for number in (1, 2, 3):
            with apart.each(number):
                if number in bad:
                    raise ValueError("a bad record")
                done.append(number)

    round_of_all()
    round_of_all()
    assert done == [1, 3, 1, 3]
    assert len(caplog.records) == 1
    bad.clear()
    round_of_all()
    bad.add(2)
    round_of_all()
    assert done[4:] == [1, 2, 3, 1, 3]
    assert len(caplog.records) == 2


@pytest.mark.parametrize("error", [NotFound(), RedisConnectionError()])
def test_what_concerns_all_is_raised(error: Exception) -> None:
    with pytest.raises(type(error)), Apart(logging.getLogger("test"), "x").each(1):
        raise error
