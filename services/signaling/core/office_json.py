"""Office hours as the page gets them. Times are Unix milliseconds, 0 for none; durations are whole seconds."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from typing import Any, Final
from zoneinfo import ZoneInfo

from services.signaling.core.zone_label import zone_label
from sipulung.roster.v1 import office_pb2, personal_pb2

Json = dict[str, Any]
STATES: Final[dict[str, office_pb2.OfficeState.ValueType]] = {
    "PRESENT": office_pb2.OFFICE_STATE_PRESENT,
    "BREAK": office_pb2.OFFICE_STATE_BREAK,
    "DONE": office_pb2.OFFICE_STATE_DONE,
}
_STATE_NAMES: Final = {value: name for name, value in STATES.items()}


def declared(answer: office_pb2.DeclareResponse) -> Json:
    return {"date": _date(answer.date), "day": _day(answer.day)}


def own_day(answer: office_pb2.GetOwnDayResponse) -> Json:
    return {
        "date": _date(answer.date),
        "day": _day(answer.day),
        "open": {"date": _date(answer.open_date), "day": _day(answer.open_day)}
        if answer.HasField("open_day")
        else None,
        **_clock(answer.as_of_ms, answer.time_zone, answer.date.start_ms),
    }


def own_week(answer: office_pb2.GetOwnWeekResponse) -> Json:
    return {"dates": [_date(date) for date in answer.dates], "week": _week(answer.week), **_week_clock(answer)}


def own_days(answer: personal_pb2.GetOwnOfficeResponse) -> Json:
    days = [{"date": _date(one.date), "day": _day(one.day)} for one in answer.days]
    return {"days": days, "next_page_token": answer.next_page_token}


def unit_day(answer: office_pb2.GetUnitDayResponse) -> Json:
    return {
        "date": _date(answer.date),
        "people": [
            {**_person(one.person), "day": _day(one.day), "open_since_ms": one.open_since_ms} for one in answer.people
        ],
        "units": _units(answer.units),
        **_clock(answer.as_of_ms, answer.time_zone, answer.date.start_ms),
    }


def unit_week(answer: office_pb2.GetUnitWeekResponse) -> Json:
    return {
        "dates": [_date(date) for date in answer.dates],
        "people": [_week(one) for one in answer.people],
        "units": _units(answer.units),
        **_week_clock(answer),
    }


def mark_of(body: Json) -> str:
    """The same for two answers that tell the same, when seconds are not looked at: a page that asks every few seconds
    is told once a minute how long somebody has been present."""
    told = json.dumps(_coarse({name: value for name, value in body.items() if name != "as_of_ms"}), sort_keys=True)
    return hashlib.sha256(told.encode()).hexdigest()[:20]


def _coarse(value: Any, name: str = "") -> Any:
    if isinstance(value, dict):
        return {key: _coarse(one, key) for key, one in value.items()}
    if isinstance(value, list):
        return [_coarse(one) for one in value]
    return value // 60 if name.endswith("_s") else value


def _clock(as_of_ms: int, time_zone: str, at_ms: int) -> Json:
    return {"as_of_ms": as_of_ms, "time_zone": time_zone, "zone": zone_label(ZoneInfo(time_zone), at_ms)}


def _week_clock(answer: office_pb2.GetOwnWeekResponse | office_pb2.GetUnitWeekResponse) -> Json:
    return _clock(answer.as_of_ms, answer.time_zone, answer.dates[0].start_ms)


def _date(date: office_pb2.OfficeDate) -> Json:
    return {
        "date": date.date,
        "start_ms": date.start_ms,
        "end_ms": date.end_ms,
        "from_ms": date.from_ms,
        "to_ms": date.to_ms,
        "tolerance_minutes": date.tolerance_minutes,
        "holiday": date.holiday,
    }


def _day(day: office_pb2.OfficeDay) -> Json:
    return {
        "status": _status(day.status),
        "since_ms": day.since_ms,
        "note": day.note,
        "first_ms": day.first_ms,
        "done_ms": day.done_ms,
        "late_s": day.late_ms // 1000,
        "breaks": day.breaks,
        "break_s": day.break_ms // 1000,
        "present_s": day.present_ms // 1000,
        "inside_s": day.inside_ms // 1000,
        "outside_s": day.outside_ms // 1000,
        "not_closed": day.not_closed,
        "meetings": [
            {
                "meeting_id": one.meeting_id,
                "title": one.title,
                "first_ms": one.first_ms,
                "last_ms": one.last_ms,
                "present_s": one.present_ms // 1000,
            }
            for one in day.meetings
        ],
        "declarations": [
            {"state": _STATE_NAMES[one.state], "at_ms": one.at_ms, "note": one.note}
            for one in day.declarations
            if one.state in _STATE_NAMES
        ],
    }


def _status(status: office_pb2.OfficeStatus.ValueType) -> str:
    """ "NONE" for one that only a newer roster knows: nothing is claimed of anybody."""
    known = status in office_pb2.OfficeStatus.values() and status != office_pb2.OFFICE_STATUS_UNSPECIFIED
    return office_pb2.OfficeStatus.Name(status).removeprefix("OFFICE_STATUS_") if known else "NONE"


def _week(week: office_pb2.OfficePersonWeek) -> Json:
    return {
        **_person(week.person),
        "days": [_day(day) for day in week.days],
        "days_present": week.days_present,
        "days_late": week.days_late,
        "late_s": week.late_ms // 1000,
        "breaks": week.breaks,
        "break_s": week.break_ms // 1000,
        "present_s": week.present_ms // 1000,
        "inside_s": week.inside_ms // 1000,
        "outside_s": week.outside_ms // 1000,
        "meetings": week.meetings,
        "days_not_closed": week.days_not_closed,
    }


def _person(person: office_pb2.OfficePerson) -> Json:
    return {
        "account_id": person.account_id,
        "name": person.name,
        "nip": person.nip,
        "unit_id": person.unit_id,
    }


def _units(units: Iterable[office_pb2.OfficeUnit]) -> list[Json]:
    return [{"unit_id": unit.unit_id, "parent_id": unit.parent_id, "name": unit.name} for unit in units]
