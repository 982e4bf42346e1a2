"""The logs of a file of office hours."""

from __future__ import annotations

from services.roster.core.office_logs import OfficeLog, as_stated, logs_of, proofs, since
from tests.roster.core.office_paper import HOUR, MEETING, MET, START, WORKED, source


def test_both_kinds() -> None:
    given = source()
    given.days[0].deleted_up_to, given.meetings[0].deleted_up_to = 7, 8
    day, meeting = logs_of(given)
    assert (day.name, day.of_day, list(day.records), day.deleted_up_to) == ("20261124", True, WORKED, 7)
    assert (meeting.name, meeting.of_day, list(meeting.records), meeting.deleted_up_to) == (MEETING, False, MET, 8)


def test_only_occurrences_that_reach_into_the_day() -> None:
    day, meeting = logs_of(source())
    assert since(day, START) == day
    assert [one.number for one in since(meeting, START).meetings] == [4, 5, 6, 7]
    assert [one.number for one in since(meeting, START - 3 * HOUR).meetings] == [1, 2, 3, 4, 5, 6, 7]
    # One that goes on counts, whenever it began.
    running = OfficeLog(MEETING, meetings=tuple(MET[:2]))
    assert since(running, START) == running


def test_intact() -> None:
    day, meeting = logs_of(source())
    assert day.intact
    assert meeting.part(4, 7).intact
    # A day's log is there from its first record on.
    assert not day.part(2, 4).intact
    assert not OfficeLog("20261124", days=(WORKED[0], WORKED[2])).intact
    assert OfficeLog("20261124").intact


def test_as_it_was_then() -> None:
    day, meeting = logs_of(source())
    then = day.part(1, 2)
    (stated,) = proofs([then])
    assert (stated.first, stated.last, stated.head) == (1, 2, WORKED[1].hash.hex())
    assert as_stated(stated, day.part(1, 2))
    assert not as_stated(stated, day.part(1, 1))
    assert not as_stated(stated, OfficeLog("20261124"))
    (part,) = proofs([meeting.part(4, 7)])
    assert as_stated(part, meeting.part(4, 7))
    # Nothing was there then, so whatever came since is no damage.
    (empty,) = proofs([OfficeLog("20261124")])
    assert (empty.first, empty.last, empty.head) == (0, 0, "")
    assert as_stated(empty, day)
