"""The file is read back by the library, and by the rules of RFC 5545 that calendars stumble over."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from icalendar import Calendar

from services.signaling.core.calendar_file import calendar_file
from sipulung.roster.v1 import meeting_pb2, schedule_pb2

LINK = "https://rapat.example.go.id/r/8123456789"
MADE = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
WITA = ZoneInfo("Asia/Makassar")


def found(rule: schedule_pb2.Recurrence | None = None, state: int = 1) -> meeting_pb2.GetMeetingCalendarResponse:
    schedule = schedule_pb2.Schedule(
        date="2026-11-23", time="07:45", duration_minutes=30, recurrence=rule, time_zone="Asia/Makassar"
    )
    meeting = meeting_pb2.Meeting(
        meeting_id="8123456789",
        tenant_id="luwu",
        title="Apel pagi; Kantor Bupati, lt. 2\nATTENDEE:mailto:x@example.com",
        owner_name="Drs. H. Andi",
        state=state,  # type: ignore[arg-type]  # a number stands for a state
        revision=4,
        schedule=schedule,
    )
    return meeting_pb2.GetMeetingCalendarResponse(
        meeting=meeting,
        first_date="2026-11-24",
        weekdays=[1, 2, 3, 4, 5] if rule else [],
        free_dates=["2026-11-23", "2026-12-25"] if rule else [],
    )


def read(file: bytes) -> tuple[Any, Any]:
    """The calendar and its event. Typed loosely: the library gives a value of any kind for any name."""
    assert all(len(line) <= 75 for line in file.split(b"\r\n"))
    calendar = Calendar.from_ical(file)
    assert isinstance(calendar, Calendar)
    (event,) = calendar.walk("VEVENT")
    return calendar, event


def test_a_single_meeting() -> None:
    calendar, event = read(calendar_file(found(), LINK, "", "id", MADE))
    assert (calendar["METHOD"], event["STATUS"], event["SEQUENCE"]) == ("PUBLISH", "CONFIRMED", 4)
    assert event["UID"] == "8123456789.luwu@sipulung"
    assert event["DTSTART"].dt == datetime(2026, 11, 24, 7, 45, tzinfo=WITA)
    assert event["DTEND"].dt - event["DTSTART"].dt == timedelta(minutes=30)
    assert event["DTSTART"].params["TZID"] == "Asia/Makassar"
    assert [zone["TZID"] for zone in calendar.walk("VTIMEZONE")] == ["Asia/Makassar"]
    assert event["LOCATION"] == event["URL"] == LINK
    assert "812 345 6789" in event["DESCRIPTION"]
    assert "Kata sandi" not in event["DESCRIPTION"]
    assert "RRULE" not in event
    # A title is a text and nothing else.
    assert "ATTENDEE" not in event
    assert event["SUMMARY"].startswith("Apel pagi; Kantor Bupati, lt. 2")


def test_a_series_with_holidays() -> None:
    rule = schedule_pb2.Recurrence(workdays=True, skip_holidays=True, every_weeks=1, until_date="2027-01-31")
    _, event = read(calendar_file(found(rule), LINK, "padi-hijau", "en", MADE))
    told = event["RRULE"]
    assert (told["FREQ"], told["BYDAY"], told["INTERVAL"]) == (["WEEKLY"], ["MO", "TU", "WE", "TH", "FR"], [1])
    assert told["UNTIL"] == [datetime(2027, 1, 31, 15, 59, 59, tzinfo=UTC)]
    assert [one.dt for one in event["EXDATE"].dts] == [datetime(2026, 12, 25, 7, 45, tzinfo=WITA)]
    assert "Password: padi-hijau" in event["DESCRIPTION"]
    endless = schedule_pb2.Recurrence(weekdays=[1], every_weeks=2)
    bare = found(endless)
    bare.ClearField("free_dates")
    _, event = read(calendar_file(bare, LINK, "", "id", MADE))
    assert "UNTIL" not in event["RRULE"]
    assert "EXDATE" not in event


def test_a_series_on_office_days_that_hold_for_a_while() -> None:
    told = found(schedule_pb2.Recurrence(workdays=True))
    told.extra_dates.extend(["2026-11-21", "2026-11-28", "2026-12-05"])
    _, event = read(calendar_file(told, LINK, "", "id", MADE))
    assert [one.dt for one in event["RDATE"].dts] == [
        datetime(2026, 11, 28, 7, 45, tzinfo=WITA),
        datetime(2026, 12, 5, 7, 45, tzinfo=WITA),
    ]
    assert event["RDATE"].params["TZID"] == "Asia/Makassar"


def test_called_off() -> None:
    calendar, event = read(calendar_file(found(state=meeting_pb2.MEETING_STATE_CANCELLED), LINK, "", "id", MADE))
    assert (calendar["METHOD"], event["STATUS"]) == ("CANCEL", "CANCELLED")
