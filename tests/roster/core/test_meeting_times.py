"""When an account was in a meeting, whatever its log went through."""

from __future__ import annotations

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from services.roster.core.meeting_times import MeetingTimes, times_by_account
from services.roster.core.report import Record, Spell, report
from tests.roster.core.scene import NOON
from tests.roster.core.test_report import ENDED, JOINED, LEFT, LOST, RETURNED, STARTED, log, one


def at(second: int) -> int:
    return NOON + second * 1000


def spell(start: int, end: int) -> Spell:
    return Spell(at(start), at(end))


def test_two_devices_and_a_lost_network() -> None:
    times = times_by_account(
        log(
            one(STARTED, 0),
            one(JOINED, 0, "phone", account="ani"),
            one(JOINED, 5, "pc", account="ani"),
            one(LEFT, 10, "phone", account="ani"),
            one(LOST, 20, "pc", account="ani"),
            one(RETURNED, 30, "pc", account="ani"),
            one(JOINED, 31, "guest"),
            one(LEFT, 32, "guest"),
        )
    )
    assert times == {"ani": MeetingTimes([spell(0, 20)], at(30))}
    assert times["ani"].until(at(40)) == [spell(0, 20), spell(30, 40)]
    # A clock that was set back makes no negative time.
    assert times["ani"].until(at(25)) == [spell(0, 20), spell(30, 30)]


def test_the_end_is_the_end_for_all_and_the_next_sitting_counts_anew() -> None:
    times = times_by_account(
        log(
            one(JOINED, 0, "a", account="ani"),
            one(JOINED, 1, "b", account="budi"),
            one(LEFT, 2, "b", account="budi"),
            one(ENDED, 10),
            one(STARTED, 100),
            one(JOINED, 100, "a", account="ani"),
            one(LEFT, 110, "a", account="ani"),
        )
    )
    assert times == {
        "ani": MeetingTimes([spell(0, 10), spell(100, 110)]),
        "budi": MeetingTimes([spell(1, 2)]),
    }
    assert times["budi"].until(at(200)) == [spell(1, 2)]


def test_the_newer_part_of_a_log() -> None:
    """Leaves and losses whose join is not in it tell nothing."""
    records = log(
        one(LEFT, 0, "a", account="ani"), one(LOST, 1, "b", account="ani"), one(JOINED, 2, "a", account="ani")
    )
    assert times_by_account(records) == {"ani": MeetingTimes([], at(2))}


KINDS = st.sampled_from([JOINED, LEFT, LOST, RETURNED])
STEPS = st.lists(st.tuples(KINDS, st.integers(-3, 10), st.sampled_from("abc"), st.sampled_from(["ani", "budi"])))


@settings(max_examples=200)
@given(STEPS, st.booleans(), st.randoms())
def test_it_says_what_the_attendance_report_says(
    steps: list[tuple[int, int, str, str]], ended: bool, chance: random.Random
) -> None:
    second = 0
    records: list[Record] = [one(STARTED, 0)]
    for kind, later, who, account in steps:
        second += later
        records.append(one(kind, second, f"{account}-{who}", account=account))  # type: ignore[arg-type]
    if ended:
        records.append(one(ENDED, second))
    records = log(*records)
    now_ms = at(second + 60)
    shuffled = [*records, *records]
    chance.shuffle(shuffled)
    times = times_by_account(shuffled)
    clock_ms = max(record.at_ms for record in records)
    told = {line.account_id: list(line.spells) for line in report(records, max(now_ms, clock_ms)).lines}
    assert {account: mine.until(max(now_ms, clock_ms)) for account, mine in times.items()} == told
