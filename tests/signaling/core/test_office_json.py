"""Office hours as the page gets them."""

from __future__ import annotations

from services.signaling.core import office_json
from sipulung.roster.v1 import office_pb2, personal_pb2

START = 1_795_449_600_000
DATE = office_pb2.OfficeDate(date="2026-11-24", start_ms=START, end_ms=START + 86_400_000, tolerance_minutes=15)
DAY = office_pb2.OfficeDay(
    status=office_pb2.OFFICE_STATUS_IN_MEETING,
    since_ms=START + 1000,
    note="surat",
    late_ms=61_500,
    present_ms=119_999,
    inside_ms=119_000,
    outside_ms=999,
    meetings=[office_pb2.OfficeMeeting(meeting_id="8123456789", title="Apel", first_ms=START, present_ms=5000)],
    declarations=[
        office_pb2.OfficeDeclaration(state=office_pb2.OFFICE_STATE_PRESENT, at_ms=START, note="surat"),
        # Of a newer roster.
        office_pb2.OfficeDeclaration(state=office_pb2.OfficeState.ValueType(77), at_ms=START),
    ],
)
PERSON = office_pb2.OfficePerson(account_id="a", name="Ani", nip="1" * 18, unit_id="u")
UNIT = office_pb2.OfficeUnit(unit_id="u", parent_id="", name="Dinas")
WEEK = office_pb2.OfficePersonWeek(person=PERSON, days=[DAY], days_present=1, late_ms=61_500, present_ms=119_999)
CLOCK = {"as_of_ms": START, "time_zone": "Asia/Makassar", "zone": "WITA"}


def test_own_days() -> None:
    declared = office_json.declared(office_pb2.DeclareResponse(date=DATE, day=DAY))
    own = office_json.own_day(
        office_pb2.GetOwnDayResponse(date=DATE, day=DAY, as_of_ms=START, time_zone="Asia/Makassar")
    )
    assert own == {**declared, **CLOCK, "open": None}
    at_night = office_pb2.GetOwnDayResponse(open_date=DATE, open_day=DAY, time_zone="Asia/Makassar")
    assert office_json.own_day(at_night)["open"] == declared
    day = own["day"]
    assert (day["status"], day["late_s"], day["present_s"], day["note"]) == ("IN_MEETING", 61, 119, "surat")
    assert day["declarations"] == [{"state": "PRESENT", "at_ms": START, "note": "surat"}]
    assert day["meetings"][0] == {
        "meeting_id": "8123456789",
        "title": "Apel",
        "first_ms": START,
        "last_ms": 0,
        "present_s": 5,
    }
    week = office_json.own_week(
        office_pb2.GetOwnWeekResponse(dates=[DATE], week=WEEK, as_of_ms=START, time_zone="Asia/Makassar")
    )
    assert week["week"]["days"] == [day]
    listed = personal_pb2.GetOwnOfficeResponse(
        days=[personal_pb2.OwnOfficeDay(date=DATE, day=DAY)], next_page_token="2026-11-24"
    )
    page = {"days": [{"date": own["date"], "day": day}], "next_page_token": "2026-11-24"}
    assert office_json.own_days(listed) == page
    assert (week["week"]["days_present"], week["week"]["late_s"], week["zone"]) == (1, 61, "WITA")


def test_a_status_that_only_a_newer_roster_knows() -> None:
    for status in (0, 77):
        day = office_pb2.OfficeDay(status=office_pb2.OfficeStatus.ValueType(status))
        assert office_json.declared(office_pb2.DeclareResponse(day=day))["day"]["status"] == "NONE"


def unit_day(day: office_pb2.OfficeDay, as_of_ms: int = START) -> office_json.Json:
    return office_json.unit_day(
        office_pb2.GetUnitDayResponse(
            date=DATE,
            people=[office_pb2.OfficePersonDay(person=PERSON, day=day)],
            units=[UNIT],
            as_of_ms=as_of_ms,
            time_zone="Asia/Makassar",
        )
    )


def test_a_unit() -> None:
    told = unit_day(DAY)
    assert told["people"][0]["name"] == "Ani"
    assert told["people"][0]["day"]["status"] == "IN_MEETING"
    assert told["units"] == [{"unit_id": "u", "parent_id": "", "name": "Dinas"}]
    week = office_json.unit_week(
        office_pb2.GetUnitWeekResponse(
            dates=[DATE], people=[WEEK], units=[UNIT], as_of_ms=START, time_zone="Asia/Makassar"
        )
    )
    assert (week["people"][0]["nip"], week["units"]) == ("1" * 18, told["units"])


def test_an_answer_is_marked_by_what_it_tells() -> None:
    later, changed, minute = office_pb2.OfficeDay(), office_pb2.OfficeDay(), office_pb2.OfficeDay()
    for one in (later, changed, minute):
        one.CopyFrom(DAY)
    later.present_ms -= 40_000
    changed.note = "laporan"
    minute.present_ms += 60_000
    mark = office_json.mark_of(unit_day(DAY))
    assert office_json.mark_of(unit_day(later, START + 15_000)) == mark
    assert office_json.mark_of(unit_day(changed)) != mark
    assert office_json.mark_of(unit_day(minute)) != mark
