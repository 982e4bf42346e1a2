"""A scheduled meeting as a file for calendars (iCalendar, RFC 5545)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final, Literal
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, vDDDLists, vRecur

from sipulung.roster.v1 import meeting_pb2

Language = Literal["id", "en"]
_DAYS: Final = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


@dataclass(frozen=True)
class _Words:
    join: str
    meeting_id: str
    password: str
    host: str


_WORDS: Final[dict[Language, _Words]] = {
    "id": _Words("Gabung lewat tautan ini", "ID rapat", "Kata sandi", "Penyelenggara"),
    "en": _Words("Join by this link", "Meeting ID", "Password", "Host"),
}


def calendar_file(
    found: meeting_pb2.GetMeetingCalendarResponse, link: str, password: str, language: Language, made_at: datetime
) -> bytes:
    """The file. The link goes without the password; `password` stands in the text, unless it is ""."""
    meeting = found.meeting
    schedule = meeting.schedule
    zone = ZoneInfo(schedule.time_zone)
    cancelled = meeting.state == meeting_pb2.MEETING_STATE_CANCELLED
    # A series of which no day is left still has the day that it was planned from.
    first = date.fromisoformat(found.first_date or schedule.date)
    at = time.fromisoformat(schedule.time)
    starts = datetime.combine(first, at, zone)
    calendar = Calendar()
    calendar.add("prodid", "-//Sipulung//Sipulung//ID")
    calendar.add("version", "2.0")
    calendar.add("method", "CANCEL" if cancelled else "PUBLISH")
    event = Event()
    # The same for all that is ever told of this meeting, so that a newer file replaces an older one.
    event.add("uid", f"{meeting.meeting_id}.{meeting.tenant_id}@sipulung")
    event.add("sequence", meeting.revision)
    event.add("dtstamp", made_at.astimezone(UTC))
    event.add("status", "CANCELLED" if cancelled else "CONFIRMED")
    event.add("summary", meeting.title)
    event.add("dtstart", starts)
    event.add("dtend", starts + timedelta(minutes=schedule.duration_minutes))
    event.add("location", link)
    event.add("url", link)
    event.add("description", _description(meeting, link, password, _WORDS[language]))
    if schedule.HasField("recurrence"):
        event.add("rrule", _rule(found, zone))
        for name, days in (("exdate", found.free_dates), ("rdate", found.extra_dates)):
            moments = [datetime.combine(date.fromisoformat(day), at, zone) for day in days if day > str(first)]
            if moments:
                event.add(name, vDDDLists(moments))
    calendar.add_component(event)
    calendar.add_missing_timezones(first_date=first - timedelta(days=366), last_date=first + timedelta(days=3 * 366))
    return bytes(calendar.to_ical())


def _rule(found: meeting_pb2.GetMeetingCalendarResponse, zone: ZoneInfo) -> vRecur:
    rule = found.meeting.schedule.recurrence
    parts: dict[str, object] = {
        "FREQ": "WEEKLY",
        "INTERVAL": max(rule.every_weeks, 1),
        "BYDAY": [_DAYS[day - 1] for day in found.weekdays],
        "WKST": "MO",
    }
    if rule.until_date:
        # Section 3.3.10: in UTC where the beginning has a zone.
        parts["UNTIL"] = datetime.combine(date.fromisoformat(rule.until_date), time(23, 59, 59), zone).astimezone(UTC)
    return vRecur(parts)


def _description(meeting: meeting_pb2.Meeting, link: str, password: str, words: _Words) -> str:
    spaced = f"{meeting.meeting_id[:3]} {meeting.meeting_id[3:6]} {meeting.meeting_id[6:]}"
    lines = [f"{words.join}: {link}", f"{words.meeting_id}: {spaced}"]
    if password:
        lines.append(f"{words.password}: {password}")
    return "\n".join([*lines, f"{words.host}: {meeting.owner_name}"])
