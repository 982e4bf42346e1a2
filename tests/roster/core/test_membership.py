from __future__ import annotations

import pytest

from services.common.errors import Removed, WrongState
from services.roster.core.membership import Membership, Move, moved, record_of
from sipulung.roster.v1 import attendance_pb2


def test_moves() -> None:
    assert moved(Membership.ABSENT, Move.JOIN) is Membership.PRESENT
    assert moved(Membership.PRESENT, Move.LOSE) is Membership.LOST
    assert moved(Membership.LOST, Move.RETURN) is Membership.PRESENT
    assert moved(Membership.LEFT, Move.JOIN) is Membership.PRESENT
    with pytest.raises(Removed):
        moved(Membership.REMOVED, Move.JOIN)
    with pytest.raises(WrongState):
        moved(Membership.ABSENT, Move.LEAVE)


@pytest.mark.parametrize("membership", [Membership.LEFT, Membership.REMOVED, Membership.ABSENT])
def test_reports_bring_nobody_back(membership: Membership) -> None:
    with pytest.raises(KeyError):
        moved(membership, Move.RETURN)


def test_what_is_recorded() -> None:
    assert record_of(Membership.LEFT, Membership.PRESENT) == attendance_pb2.ATTENDANCE_KIND_JOINED
    assert record_of(Membership.LOST, Membership.PRESENT) == attendance_pb2.ATTENDANCE_KIND_RETURNED
    assert record_of(Membership.PRESENT, Membership.PRESENT) is None
