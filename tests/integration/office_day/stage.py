"""Plays the story on a whole installation, whose roster has a clock that stands where the story is."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import aiohttp

from services.auth.bootstrap import bootstrap
from services.common.ids import new_id
from tests.integration.office_day import expected, story
from tests.integration.office_day.people import DOCUMENT, HIRED_MS, PASSWORD, PEOPLE, TENANT, ZONE
from tests.integration.office_day.window import Window
from tests.support.clocked_roster import VARIABLE, TestClock
from tests.support.instance import Instance
from tools.instance.settings import ROOT

# A page of a unit may be some seconds old, and a media node says that somebody is silent after 5 s.
_PATIENCE_S = 90.0
_LOOK_EVERY_S = 0.2


@dataclass
class Meeting:
    meeting_id: str
    password: str


@dataclass
class Stage:
    """The installation as the people of the story have it."""

    instance: Instance
    clock: TestClock
    http: aiohttp.ClientSession
    tokens: dict[str, str] = field(default_factory=dict)
    meetings: dict[str, Meeting] = field(default_factory=dict)
    windows: dict[str, Window] = field(default_factory=dict)
    # What was seen while the day went on.
    attendance_seen: list[tuple[str, str, int]] = field(default_factory=list)
    units_seen: dict[str, list[tuple[str, str, str]]] = field(default_factory=dict)

    async def ask(
        self, method: str, path: str, who: str = "", body: Any = None, data: bytes | None = None
    ) -> tuple[int, bytes]:
        """Status and body of an answer to that person."""
        headers = {"Authorization": f"Bearer {self.tokens[who]}"} if who else {}
        url = f"{self.instance.url}{path}"
        async with self.http.request(method, url, json=body, data=data, headers=headers) as answer:
            return answer.status, await answer.read()

    async def json(self, method: str, path: str, who: str = "", body: Any = None) -> Any:
        """What is answered with success."""
        headers = {"Authorization": f"Bearer {self.tokens[who]}"} if who else {}
        async with self.http.request(method, f"{self.instance.url}{path}", json=body, headers=headers) as answer:
            told = await answer.json()
            assert answer.ok, (method, path, who, told)
            return told

    async def file(self, path: str, who: str) -> bytes:
        status, data = await self.ask("GET", path, who)
        assert status == 200, data
        return data

    async def play(self) -> None:
        """All of it, one act after the other."""
        for user in PEOPLE:
            credential = {"user": f"{user}@{TENANT}", "password": PASSWORD}
            self.tokens[user] = (await self.json("POST", "/api/v1/sign-in", body=credential))["access_token"]
        for at, act in story.STORY:
            self.turn_to(at)
            await self._do(act)
        self.turn_to(story.NEXT_MORNING)

    def turn_to(self, at: str) -> None:
        """The clock, to a local time."""
        self.clock.set(moment_ms(at))

    async def _do(self, act: story.Act) -> None:
        match act:
            case story.Says(who, state, note):
                body = {"state": state, "note": note, "client_id": new_id()}
                await self.json("POST", "/api/v1/office/declare", who, body)
            case story.Makes(who, title, daily):
                await self._make(who, title, daily)
            case story.Joins(window, title, media):
                await self._join(window, self.meetings[title], with_media=media)
            case story.Leaves(window):
                await self.windows.pop(window).leave()
            case story.LosesNetwork(windows):
                for window in windows:
                    await self.windows[window].lose_network()
                await self._until({PEOPLE[window][0]: "LOST" for window in windows})
            case story.ComesBack(window):
                await self.windows[window].come_back()
                await self._until({PEOPLE[window][0]: ""})
            case story.Ends(who, title):
                await self.json("POST", f"/api/v1/meetings/{self.meetings[title].meeting_id}/end", who, {})
                for one in self.windows.values():
                    await one.close()
                self.windows.clear()
            case story.LooksAtMeeting(who, title):
                self.attendance_seen = await self._attendance(title, who)
            case story.LooksAtUnit(who, sees):
                self.units_seen[sees] = await self._unit(who, expected.UNITS[sees])

    async def _make(self, who: str, title: str, daily: str) -> None:
        body: dict[str, Any] = {"title": title}
        if daily:
            body["schedule"] = {
                "date": story.STORY[1][0][:10],
                "time": daily,
                "duration_minutes": 30,
                "open_before_minutes": 15,
                "recurrence": {"workdays": True, "skip_holidays": True},
            }
        made = await self.json("POST", "/api/v1/meetings", who, body)
        self.meetings[title] = Meeting(made["meeting"]["meeting_id"], made["password"])

    async def _join(self, name: str, meeting: Meeting, *, with_media: bool) -> None:
        who = name.partition("'")[0]
        guest = who not in PEOPLE
        body = {
            "meeting_id": meeting.meeting_id,
            "password": meeting.password,
            "name": story.GUEST if guest else PEOPLE[who][0],
            # A guest is known again by the device; an account comes with another one each time.
            "device": "hp-karim" if guest else new_id(),
        }
        joined = await self.json("POST", "/api/v1/join", "" if guest else who, body)
        window = self.windows[name] = Window(self.http, self.instance.url, with_media=with_media)
        await window.enter(joined["join_token"])

    async def _attendance(self, title: str, who: str) -> list[tuple[str, str, int]]:
        told = await self.json("GET", f"/api/v1/meetings/{self.meetings[title].meeting_id}/attendance", who)
        return [(one["name"], one["reason"], one["present_s"]) for one in told["people"]]

    async def _until(self, wanted: Mapping[str, str]) -> None:
        """Until the second meeting's attendance says how each of them went; "" is there."""
        async with asyncio.timeout(_PATIENCE_S):
            while True:
                found = {name: reason for name, reason, _ in await self._attendance(story.RAPAT, "nurhayati")}
                if wanted.items() <= found.items():
                    return
                await asyncio.sleep(_LOOK_EVERY_S)

    async def _unit(self, who: str, wanted: list[tuple[str, str, str]]) -> list[tuple[str, str, str]]:
        """What the page shows: at once, or when what it was made from is not some seconds old any more."""
        ends = asyncio.get_running_loop().time() + _PATIENCE_S
        while True:
            told = await self.json("GET", "/api/v1/office/unit/day", who)
            found = [(one["name"], one["day"]["status"], one["day"]["note"]) for one in told["people"]]
            if found == wanted or asyncio.get_running_loop().time() > ends:
                return found
            await asyncio.sleep(_LOOK_EVERY_S)


def moment_ms(at: str) -> int:
    """A local time in Unix milliseconds."""
    return int(datetime.fromisoformat(at).replace(tzinfo=ZONE).timestamp()) * 1000


@asynccontextmanager
async def open_stage(folder: Path) -> AsyncIterator[Stage]:
    """The installation before the first act, with all 12 people in it."""
    clock = TestClock(folder / "clock")
    clock.set(moment_ms(story.STORY[0][0]))
    procfile = folder / "Procfile"
    procfile.write_text(
        (ROOT / "Procfile").read_text().replace("-m services.roster", "-m tests.support.clocked_roster")
    )
    environment = {
        VARIABLE: str(folder / "clock"),
        # Most of them send no media: who is in a meeting stays in it.
        "SIPULUNG_MEDIA_LEASE_SECONDS": "600",
        "SIPULUNG_ACCESS_TOKEN_SECONDS": "3600",
    }
    instance = Instance(folder / "state", environment, procfile)
    with instance:
        password = (instance.state / "keys" / "valkey.password").read_text()
        store = f"redis://:{password}@127.0.0.1:{instance.port('VALKEY_PORT')}/0"
        await bootstrap(DOCUMENT, store, lambda: HIRED_MS)
        async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as http:
            stage = Stage(instance, clock, http)
            try:
                yield stage
            finally:
                for window in stage.windows.values():
                    await window.close()
