from __future__ import annotations

from services.common.ids import NodeId, ParticipantId
from services.roster.core.commands import leave, lose
from services.roster.core.member import Member
from services.roster.core.membership import Move
from services.roster.core.presence import (
    Leases,
    MediaReports,
    SignalingReport,
    has_given_up,
    has_left,
    may_have_given_up,
    may_have_left,
    media_move,
)
from tests.roster.core.scene import NOON, member, person, restricted, with_people

LEASES = Leases(grace_ms=30_000)
BUDI = ParticipantId("budi")
ONE, TWO = NodeId("n1"), NodeId("n2")


def present() -> Member:
    return member(with_people(person("Budi")), "budi")


def lost(at_ms: int = NOON + 1000) -> Member:
    return member(lose(with_people(person("Budi")), BUDI, at_ms), "budi")


def test_the_first_lease_counts_from_joining() -> None:
    reports = MediaReports()
    assert media_move(present(), reports, 0, LEASES, NOON + 9_999) is None
    assert media_move(present(), reports, 0, LEASES, NOON + 10_000) is Move.LOSE


def test_reports_renew_the_lease() -> None:
    reports = MediaReports()
    reports.hear(ONE, [BUDI], [], NOON + 9_000)
    assert media_move(present(), reports, 0, LEASES, NOON + 18_999) is None
    assert media_move(present(), reports, 0, LEASES, NOON + 19_000) is Move.LOSE


def test_whoever_has_just_begun_to_listen_waits() -> None:
    reports = MediaReports()
    assert media_move(present(), reports, NOON + 60_000, LEASES, NOON + 69_999) is None
    assert media_move(present(), reports, NOON + 60_000, LEASES, NOON + 70_000) is Move.LOSE


def test_a_reported_loss_counts_at_once_unless_another_node_has_them() -> None:
    reports = MediaReports()
    reports.hear(ONE, [BUDI], [], NOON + 1)
    reports.hear(TWO, [BUDI], [], NOON + 2)
    reports.hear(ONE, [], [BUDI], NOON + 3)
    assert media_move(present(), reports, 0, LEASES, NOON + 4) is None
    reports.hear(TWO, [], [BUDI], NOON + 5)
    assert media_move(present(), reports, 0, LEASES, NOON + 6) is Move.LOSE
    reports.hear(TWO, [BUDI], [BUDI], NOON + 7)
    assert media_move(present(), reports, 0, LEASES, NOON + 8) is None


def test_back_only_by_a_report_after_the_loss() -> None:
    reports = MediaReports()
    reports.hear(ONE, [BUDI], [], NOON + 900)
    assert media_move(lost(), reports, 0, LEASES, NOON + 1100) is None
    reports.hear(ONE, [BUDI], [], NOON + 1200)
    assert media_move(lost(), reports, 0, LEASES, NOON + 1300) is Move.RETURN
    assert media_move(lost(), reports, 0, LEASES, NOON + 11_200) is None
    reports.forget(BUDI)
    assert media_move(lost(), reports, 0, LEASES, NOON + 1300) is None


def test_who_left_is_not_looked_at() -> None:
    reports = MediaReports()
    reports.hear(ONE, [BUDI], [], NOON + 5000)
    gone = member(leave(with_people(person("Budi")), BUDI, NOON + 1), "budi")
    assert media_move(gone, reports, 0, LEASES, NOON + 5001) is None
    assert not may_have_left(gone, 0, LEASES, NOON + 99_000)


def test_leaving_needs_the_grace_time_and_time_to_report() -> None:
    assert not may_have_left(lost(), 0, LEASES, NOON + 30_999)
    assert may_have_left(lost(), 0, LEASES, NOON + 31_000)
    assert not may_have_left(lost(), NOON + 20_000, LEASES, NOON + 34_999)
    assert may_have_left(lost(), NOON + 20_000, LEASES, NOON + 35_000)


def test_signaling_keeps_the_seat() -> None:
    now = NOON + 60_000
    assert has_left(lost(), None, LEASES, now)
    assert not has_left(lost(), SignalingReport(now - 14_999, True), LEASES, now)
    assert not has_left(lost(), SignalingReport(now - 20_000, True), LEASES, now)
    assert has_left(lost(), SignalingReport(now - 30_000, True), LEASES, now)
    assert not has_left(lost(), SignalingReport(now - 1_000, False), LEASES, now)
    assert has_left(lost(), SignalingReport(now - 31_000, False), LEASES, now)


def test_who_waits_is_gone_half_a_minute_after_their_connection() -> None:
    waiting = member(with_people(person("Budi"), state=restricted(lobby=True)), "budi")
    assert not may_have_given_up(waiting, 0, LEASES, NOON + 29_999)
    assert may_have_given_up(waiting, 0, LEASES, NOON + 30_000)
    assert not may_have_given_up(waiting, NOON + 1, LEASES, NOON + 30_000)
    assert not may_have_given_up(present(), 0, LEASES, NOON + 90_000)
    assert has_given_up(None, LEASES, NOON)
    for connected in (True, False):
        assert not has_given_up(SignalingReport(NOON, connected), LEASES, NOON + 29_999)
        assert has_given_up(SignalingReport(NOON, connected), LEASES, NOON + 30_000)
