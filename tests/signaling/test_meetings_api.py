"""Meetings over the JSON API: scheduled, changed, called off, listed, and as a file for calendars."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from icalendar import Calendar

from sipulung.common.v1 import common_pb2
from tests.signaling.conftest import Site

WITA = ZoneInfo("Asia/Makassar")


def schedule(**fields: Any) -> dict[str, Any]:
    day = (datetime.now(WITA) + timedelta(days=2)).date()
    return {"date": day.isoformat(), "time": "09:00", "duration_minutes": 60, "open_before_minutes": 15, **fields}


async def test_a_scheduled_meeting(site: Site) -> None:
    token = site.keys.access("luwu", "hostluwu")
    asked = {"title": "Apel pagi", "schedule": schedule(), "settings": {"lobby": True}, "capacity": 40}
    status, made = await site.call("POST", "/api/v1/meetings", asked, token)
    assert status == 201, made
    meeting, password = made["meeting"], made["password"]
    assert (meeting["state"], meeting["capacity"], meeting["settings"]["lobby"]) == ("NOT_OPEN", 40, True)
    assert meeting["schedule"]["time_zone"] == "Asia/Makassar"
    one = f"/api/v1/meetings/{meeting['meeting_id']}"

    # Guests hear when it opens; the host may enter.
    join = {"meeting_id": meeting["meeting_id"], "password": password, "name": "Budi"}
    status, refused = await site.call("POST", "/api/v1/join", join)
    error = refused["error"]
    assert (status, error["code"], error["time_zone"]) == (409, "MEETING_NOT_OPEN", "Asia/Makassar")
    assert error["opens_at_ms"] == meeting["opens_at_ms"] == meeting["next_starts_at_ms"] - 900_000
    assert 0 < error["retry_after_ms"] <= 3 * 86_400_000
    status, joined = await site.call("POST", "/api/v1/join", {**join, "password": ""}, token)
    assert (status, joined["role"]) == (200, "HOST")

    status, listed = await site.call("GET", "/api/v1/meetings?upcoming=1", token=token)
    assert (status, listed["time_zone"]) == (200, "Asia/Makassar")
    assert meeting["meeting_id"] in [one["meeting_id"] for one in listed["meetings"]]

    change = {"revision": 1, "title": "Apel Senin", "schedule": schedule(recurrence={"weekdays": [1]})}
    status, changed = await site.call("PATCH", one, change, token)
    assert (status, changed["meeting"]["title"], changed["meeting"]["revision"]) == (200, "Apel Senin", 2)
    assert changed["meeting"]["settings"]["lobby"]
    assert (await site.call("PATCH", one, change, token))[0] == 409
    wrong: list[tuple[dict[str, Any], str]] = [
        ({"revision": 2, "title": ""}, "title"),
        ({"revision": 2, "schedule": "besok"}, "schedule"),
        ({"revision": 2, "schedule": schedule(time="25:00")}, "schedule.time"),
        ({"revision": 2, "settings": {"lobby": "ya"}}, "settings"),
        ({"revision": 2, "capacity": 1001}, "capacity"),
        ({"title": "x"}, "revision"),
    ]
    for body, field in wrong:
        status, answer = await site.call("PATCH", one, body, token)
        assert (status, answer["error"]["field"]) == (400, field)

    headers = {"Authorization": f"Bearer {token}"}
    file_of = site.url(f"{one}/calendar.ics")
    for given, secret in (({}, False), ({"password": password, "language": "en"}, True)):
        async with site.http.post(file_of, json=given, headers=headers) as response:
            assert response.status == 200
            assert response.headers["Content-Type"] == "text/calendar; charset=utf-8"
            assert f"rapat-{meeting['meeting_id']}.ics" in response.headers["Content-Disposition"]
            file = await response.read()
        event: Any = Calendar.from_ical(file).walk("VEVENT")[0]
        assert (event["SUMMARY"], event["SEQUENCE"], event["RRULE"]["BYDAY"]) == ("Apel Senin", 2, ["MO"])
        assert event["URL"] == site.url(f"/r/{meeting['meeting_id']}")
        assert (password in event["DESCRIPTION"]) is secret
    status, answer = await site.call("POST", f"{one}/calendar.ics", {"language": "jv"}, token)
    assert (status, answer["error"]["field"]) == (400, "language")

    # Whoever was invited gets it too, before it opens.
    invited = {"meeting_id": meeting["meeting_id"], "password": password, "name": "Budi"}
    async with site.http.post(site.url("/api/v1/join/calendar.ics"), json=invited) as response:
        assert (response.status, response.content_type) == (200, "text/calendar")
        event = Calendar.from_ical(await response.read()).walk("VEVENT")[0]
    assert (event["SUMMARY"], password in event["DESCRIPTION"]) == ("Apel Senin", True)
    refusals: list[tuple[dict[str, Any], str]] = [
        ({"password": "salah-sekali"}, "WRONG_ID_OR_PASSWORD"),
        ({"password": ""}, "INVALID_FIELD"),
        ({"name": ""}, "INVALID_FIELD"),
        ({"language": "jv"}, "INVALID_FIELD"),
    ]
    for change, code in refusals:
        _, answer = await site.call("POST", "/api/v1/join/calendar.ics", {**invited, **change})
        assert answer["error"]["code"] == code

    status, cancelled = await site.call("POST", f"{one}/cancel", token=token)
    assert (status, cancelled["meeting"]["state"]) == (200, "CANCELLED")
    status, refused = await site.call("POST", "/api/v1/join", join)
    assert (status, refused["error"]["code"]) == (410, "MEETING_CANCELLED")
    # What takes it out of calendars: for its host, and for whoever was invited.
    for path, given, bearer in ((f"{one}/calendar.ics", {}, token), ("/api/v1/join/calendar.ics", invited, "")):
        headers = {"Authorization": f"Bearer {bearer}"} if bearer else {}
        async with site.http.post(site.url(path), json=given, headers=headers) as response:
            assert response.status == 200
            calendar: Any = Calendar.from_ical(await response.read())
        event = calendar.walk("VEVENT")[0]
        assert (calendar["METHOD"], event["STATUS"], event["SEQUENCE"]) == ("CANCEL", "CANCELLED", 3)
    status, past = await site.call("GET", "/api/v1/occurrences", token=token)
    assert (status, past["next_page_token"]) == (200, "")
    assert [(row["meeting"]["meeting_id"], row["number"]) for row in past["occurrences"]] == [
        (meeting["meeting_id"], 0)
    ]


async def test_the_next_one_is_called_off_while_one_is_open(site: Site) -> None:
    token = site.keys.access("luwu", "hostluwu")
    starts = datetime.now(WITA) + timedelta(hours=1)
    today, tomorrow = (f"{day:%Y-%m-%d}" for day in (starts, starts + timedelta(days=1)))
    daily = schedule(date=today, time=f"{starts:%H:%M}", open_before_minutes=120, duration_minutes=30)

    def without(day: str) -> dict[str, Any]:
        return {**daily, "recurrence": {"weekdays": [1, 2, 3, 4, 5, 6, 7], "called_off_dates": [day] if day else []}}

    _, made = await site.call("POST", "/api/v1/meetings", {"title": "Apel", "schedule": without("")}, token)
    one = f"/api/v1/meetings/{made['meeting']['meeting_id']}"
    status, days = await site.call("GET", f"{one}/days", token=token)
    assert (status, days["meeting"]["state"], days["meeting"]["revision"]) == (200, "OPEN", 1)
    assert (days["weekdays"], days["free_dates"]) == ([1, 2, 3, 4, 5, 6, 7], [])
    status, refused = await site.call("PATCH", one, {"revision": 1, "schedule": without(today)}, token)
    assert (status, refused["error"]["field"]) == (400, "schedule.recurrence.called_off_dates")
    assert (await site.call("PATCH", one, {"revision": 1, "schedule": without(tomorrow)}, token))[0] == 200
    _, days = await site.call("GET", f"{one}/days", token=token)
    assert days["free_dates"] == [tomorrow]
    # What is on stays on.
    assert days["meeting"]["next_starts_at_ms"] == made["meeting"]["next_starts_at_ms"]
    status, answer = await site.call("GET", f"{one}/days", token=site.keys.access("luwu", "somebody"))
    assert (status, answer["error"]["code"]) == (404, "NOT_FOUND")


async def test_a_meeting_that_was_held_stands_in_the_list(site: Site) -> None:
    meeting = await site.meeting()
    client = await site.enter(meeting)
    one = f"/api/v1/meetings/{meeting.meeting_id}"
    status, answer = await site.call("POST", f"{one}/cancel", token=meeting.access_token)
    assert (status, answer["error"]["code"]) == (409, "WRONG_STATE")
    assert (await site.call("POST", f"{one}/calendar.ics", token=meeting.access_token))[0] == 409
    assert (await site.call("GET", f"{one}/days", token=meeting.access_token))[0] == 409
    await site.call("POST", f"{one}/end", token=meeting.access_token)
    _, past = await site.call("GET", "/api/v1/occurrences", token=meeting.access_token)
    row = past["occurrences"][0]
    assert (row["number"], row["most_present"], row["meeting"]["state"]) == (1, 1, "ENDED")
    assert row["started_at_ms"] <= row["ended_at_ms"]
    await client.socket.close()
    admin = site.keys.access("luwu", "admin", common_pb2.ACCOUNT_ROLE_TENANT_ADMIN)
    for path in ("/api/v1/occurrences?scope=unit", "/api/v1/meetings?upcoming=1&scope=unit"):
        assert (await site.call("GET", path, token=meeting.access_token))[0] == 403
        assert (await site.call("GET", path, token=admin))[0] == 200
    for query, found in (("KOORDINASI%20rap", True), ("%20rapat%20", True), ("koordinasi%20camat", False)):
        _, past = await site.call("GET", f"/api/v1/occurrences?query={query}", token=meeting.access_token)
        assert bool(past["occurrences"]) is found
    held = datetime.fromtimestamp(row["ended_at_ms"] / 1000, WITA)
    for month, found in ((f"{held:%Y-%m}", True), ("2020-03", False)):
        _, past = await site.call("GET", f"/api/v1/occurrences?query=rapat&month={month}", token=meeting.access_token)
        assert bool(past["occurrences"]) is found
    for path, field in (
        (f"/api/v1/meetings?upcoming=1&query={'a' * 121}", "query"),
        ("/api/v1/meetings?query=rapat", "query"),
        ("/api/v1/occurrences?query=%E2%80%AErapat", "query"),
        ("/api/v1/occurrences?query='", "query"),
        ("/api/v1/occurrences?month=2026-13", "month"),
    ):
        status, answer = await site.call("GET", path, token=meeting.access_token)
        assert (status, answer["error"]["code"], answer["error"]["field"]) == (400, "INVALID_FIELD", field)
    status, answer = await site.call("GET", "/api/v1/meetings?scope=semua", token=meeting.access_token)
    assert (status, answer["error"]["field"]) == (400, "scope")
