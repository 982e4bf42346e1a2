"""The figures of a meeting of a hundred, and how they are told."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from bench.crowd import bare, report
from bench.crowd.figures import Costs, Events, Joins, PageJoin, Spread, spread
from bench.crowd.person import key_of
from sipulung.roster.v1 import meeting_pb2, participant_pb2

SPREAD = Spread(20.0, 40.0, 50.0, 60.0)
PAGES = (PageJoin(310.0, 720.0), PageJoin(300.0, 815.0))
JOINS = Joins(100, 10.0, (), SPREAD, SPREAD, SPREAD, SPREAD, PAGES, (), SPREAD, {"roster": 8.0})
COSTS = Costs(
    200, 100, 5.0, {"roster": 0.9, "signaling": 1.0, "nats": 0.1}, {"roster": 2.0, "signaling": 3.0, "nats": 1}
)


def test_a_spread_is_by_nearest_rank() -> None:
    assert spread([float(number) for number in range(1, 201)]) == Spread(100.0, 190.0, 198.0, 200.0)
    assert spread([7.0]) == Spread(7.0, 7.0, 7.0, 7.0)
    with pytest.raises(ValueError, match="nothing"):
        spread([])


def test_joins() -> None:
    assert "none fails: reached; p95 at most 3000 ms: reached" in report.joins(JOINS)
    bad = replace(JOINS, failed=("Peserta 7 got no token",), everybody=Spread(1, 3300, 4000, 5000))
    told = report.joins(bad)
    assert "none fails: missed; p95 at most 3000 ms: missed by 10%" in told
    assert "Peserta 7" in told


def test_joins_at_browsers_are_told_one_by_one_and_count() -> None:
    told = report.joins(JOINS)
    assert "shows the preview after 300, the meeting after 815" in told
    assert "Failed: 0, and 0 at a browser" in told
    bad = replace(JOINS, pages_failed=("Peramban 2 is not in the meeting",))
    assert "none fails: missed" in report.joins(bad)
    assert "Failed: 0, and 1 at a browser\n    Peramban 2" in report.joins(bad)


def test_events() -> None:
    one = Events("hand", 200, 100, SPREAD, 0)
    assert report.events([one]).endswith("Aim: p95 at most 200 ms: reached")
    assert report.events([one, replace(one, missed=3)]).endswith("but 3 never came")


def test_costs_are_those_of_roster_and_signaling_together() -> None:
    assert "at most 2 ms: 1.90, reached" in report.costs([COSTS], [0.95])
    assert "the sockets: 0.95, × 2.0 of it" in report.costs([COSTS], [0.95])
    assert "all at once (" in report.costs([replace(COSTS, per_second=0.0)], [0.95])
    assert "missed by 45%" in report.costs([replace(COSTS, event_ms={"roster": 1.4, "signaling": 1.5})], [0.95])


async def test_the_bare_way_takes_cpu_and_reaches_everybody() -> None:
    evenly, at_once = await asyncio.gather(bare.measure(20, 20.0, 5), bare.measure(20, 0.0, 5))
    assert 0.0 < evenly < 50.0
    assert 0.0 < at_once < 50.0


def test_conditions() -> None:
    assert "97 in one process" in report.conditions(100, 3)
    assert "3 pages of one Chromium" in report.conditions(100, 3)
    assert "100 in one process" in report.conditions(100, 0)
    assert "pages" not in report.conditions(100, 0)


@pytest.mark.parametrize(
    ("event", "key"),
    [
        (participant_pb2.RosterEvent(said=participant_pb2.ChatLine(client_line_id="l1")), "l1"),
        (
            participant_pb2.RosterEvent(changed=participant_pb2.Participant(participant_id="a", hand_raised_at_ms=5)),
            "a hand True",
        ),
        (participant_pb2.RosterEvent(joined=participant_pb2.Participant(participant_id="a")), "a joined"),
        (participant_pb2.RosterEvent(left=participant_pb2.Left(participant_id="a")), "a left"),
        (participant_pb2.RosterEvent(updated=meeting_pb2.Meeting()), ""),
    ],
)
def test_what_an_event_is_about(event: participant_pb2.RosterEvent, key: str) -> None:
    assert key_of(event) == key
