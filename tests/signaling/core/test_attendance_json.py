"""The report as the host's page gets it."""

from __future__ import annotations

from services.signaling.core.attendance_json import attendance
from tests.signaling.core.test_attendance_csv import WITA, report


def test_as_json() -> None:
    body = attendance(report(), WITA)
    assert (body["title"], body["time_zone"], body["zone"], body["head"]) == (
        "-Apel pagi",
        "Asia/Makassar",
        "WITA",
        bytes(range(32)).hex(),
    )
    assert [(one["name"], one["present_s"], one["reason"]) for one in body["people"]] == [
        ('Budi; "Santoso", S.STP', 3723, "LOST"),
        ("=cmd|' /C calc'!A0", 90_000, ""),
    ]


def test_a_reason_that_a_newer_roster_knows() -> None:
    made = report()
    made.lines[0].ParseFromString(made.lines[0].SerializeToString() + b"\x40\x63")
    assert attendance(made, WITA)["people"][0]["reason"] == ""
