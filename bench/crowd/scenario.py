"""A hundred people come within ten seconds, then raise hands, write, leave and come back."""

from __future__ import annotations

import asyncio
import gc
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

import aiohttp

from bench.crowd.browser import BrowserPage, open_pages
from bench.crowd.figures import Costs, Events, Joins, PageJoin, spread
from bench.crowd.person import Person
from bench.failure import BenchError
from sipulung.signaling.v1 import client_pb2
from tests.support.instance import Instance

# What takes part in an event, and what only keeps or carries it.
PROCESSES: Final = ("roster", "signaling", "auth", "media-1", "media-2", "nats", "valkey")
# An event that has not come by then is counted as missed.
_HEARD_S: Final = 5.0
_COMINGS: Final = 10
_TOLD_S: Final = 1.0
# A round of lines that the even rates never come to.
_LINE: Final = 3001


@dataclass(frozen=True)
class Plan:
    """How much of everything."""

    people: int = 100
    # How many of them are pages of a real browser, while people join.
    browsers: int = 3
    join_s: float = 10.0
    settle_s: float = 5.0
    idle_s: float = 10.0
    # Seconds and events a second: quiet, as a meeting is; busy; and everybody answering within a second.
    rates: tuple[tuple[float, float], ...] = ((40.0, 5.0), (12.0, 25.0), (2.0, 100.0))
    # And all in the same moment, each that often: what a meeting's events cost when there are more than can be served.
    at_once: int = 4


QUICK: Final = Plan(join_s=5.0, settle_s=1.0, idle_s=3.0, rates=((8.0, 5.0), (4.0, 25.0), (1.0, 100.0)))


@dataclass
class Cause:
    """Something that was done, when (monotonic), and by what name the others hear of it."""

    kind: str
    key: str
    at: float


@dataclass
class Meeting:
    """One meeting of a running installation and everybody in it."""

    instance: Instance
    http: aiohttp.ClientSession
    plan: Plan
    people: list[Person] = field(default_factory=list)
    gone: list[Person] = field(default_factory=list)
    causes: list[Cause] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._pids = {name: self.instance.pid(name) for name in PROCESSES}
        made = self.instance.new_meeting("Rapat seratus orang")
        self._id, self._password = made["id"], made["password"]
        self._url = self.instance.url
        self._acts = 0

    @property
    def meeting_id(self) -> str:
        return self._id

    async def joins(self) -> Joins:
        """Everybody comes; whoever is at a browser then leaves, and a client at protocol level takes their place.

        So no browser takes CPU from what is measured later, and there are as many receivers. Raises BenchError when
        nobody comes, or a browser does not start.
        """
        async with open_pages(self.plan.browsers) as pages:
            await asyncio.gather(*(page.fill_in(self._url, self._id, self._password) for page in pages))
            measured = await self._joins(pages)
            await asyncio.gather(*(page.leave() for page in pages))
        for number in range(len(measured.pages)):
            person = Person(self.http, self._url, f"Pengganti {number + 1}")
            await person.join(self._id, self._password, _moments({}))
            self.people.append(person)
            await person.media_up()
        return measured

    async def _joins(self, pages: Sequence[BrowserPage]) -> Joins:
        steps: dict[str, list[float]] = defaultdict(list)
        failed: list[str] = []
        at_pages: list[PageJoin] = []
        pages_failed: list[str] = []
        # Evenly among the others: number 16, 50 and 83 of a hundred.
        places = {int(self.plan.people * (place + 0.5) / len(pages)): page for place, page in enumerate(pages)}
        before = self._cpu()
        started = time.monotonic()

        async def come(number: int) -> None:
            click_at = started + number * self.plan.join_s / self.plan.people
            await asyncio.sleep(max(0.0, click_at - time.monotonic()))
            if number in places:
                try:
                    at_pages.append(await places[number].join())
                except BenchError as error:
                    pages_failed.append(str(error))
                return
            person = Person(self.http, self._url, f"Peserta {number + 1}")
            try:
                await person.join(self._id, self._password, _steps_since_now(steps))
                self.people.append(person)
                await person.media_up()
                steps["media"].append((time.monotonic() - click_at) * 1e3)
            except (BenchError, OSError, aiohttp.ClientError) as error:
                failed.append(str(error))

        await asyncio.gather(*(come(number) for number in range(self.plan.people)))
        if not self.people or not steps["media"]:
            raise BenchError(f"nobody came: {failed[:3]}")
        spent = _passed(before, self._cpu())
        return Joins(
            self.plan.people,
            self.plan.join_s,
            tuple(failed),
            spread(steps["token"]),
            spread(steps["answer"]),
            spread(steps["entered"]),
            spread(steps["media"]),
            tuple(at_pages),
            tuple(pages_failed),
            spread([*steps["entered"], *(page.entered for page in at_pages)]),
            {name: ns / 1e6 / self.plan.people for name, ns in spent.items()},
        )

    async def events(self) -> list[Costs]:
        """Hands and lines, one after the other, each by somebody else, at even rates; then all at once."""
        await asyncio.sleep(self.plan.settle_s)
        idle = await self._window(self.plan.idle_s)
        even = [await self._at_rate(seconds, per_second, idle) for seconds, per_second in self.plan.rates]
        # Nobody says more than is allowed in so short a time.
        await asyncio.sleep(self.plan.settle_s)
        return [*even, await self._at_once(idle)]

    async def _at_rate(self, seconds: float, per_second: float, idle: dict[str, float]) -> Costs:
        count = int(seconds * per_second)
        before, started = self._cpu(), time.monotonic()
        asked: set[asyncio.Task[client_pb2.ServerMessage]] = set()
        for number in range(count):
            await asyncio.sleep(max(0.0, started + number / per_second - time.monotonic()))
            round_, who = divmod(self._acts, len(self.people))
            self._acts += 1
            asked.add(asyncio.create_task(self._act(self.people[who], round_)))
        await asyncio.sleep(max(0.0, started + seconds - time.monotonic()))
        spent, lasted = _passed(before, self._cpu()), time.monotonic() - started
        await asyncio.gather(*asked)
        return Costs(
            count,
            len(self.people),
            per_second,
            {name: (spent[name] / 1e6 - idle[name] * lasted) / count for name in PROCESSES},
            idle,
        )

    async def _at_once(self, idle: dict[str, float]) -> Costs:
        """Lines, in the same moment. When this process reads them is no delay of the services: none counts as one."""
        causes = len(self.causes)
        before, started = self._cpu(), time.monotonic()
        rounds = range(_LINE, _LINE + 3 * self.plan.at_once, 3)
        acts = [self._act(person, round_) for round_ in rounds for person in self.people]
        await asyncio.gather(*acts)
        # Whoever was answered has been told; the others may still be.
        await asyncio.sleep(_TOLD_S)
        spent, lasted = _passed(before, self._cpu()), time.monotonic() - started
        del self.causes[causes:]
        return Costs(
            len(acts),
            len(self.people),
            0.0,
            {name: (spent[name] / 1e6 - idle[name] * lasted) / len(acts) for name in PROCESSES},
            idle,
        )

    async def comings(self) -> None:
        """Some leave, and others come in their place."""
        for number in range(_COMINGS):
            gone = self.people.pop(0)
            self.gone.append(gone)
            self.causes.append(Cause("leave", f"{gone.participant_id} left", time.monotonic()))
            await gone.request(leave=client_pb2.Leave())
            await gone.close()
            await asyncio.sleep(0.2)
            new = Person(self.http, self._url, f"Tamu {number + 1}")
            steps: dict[str, float] = {}
            await new.join(self._id, self._password, _moments(steps))
            # From the answer to Open on, when Enter is sent.
            self.causes.append(Cause("join", f"{new.participant_id} joined", steps["answer"]))
            await new.media_up()
            self.people.append(new)
            await asyncio.sleep(0.2)

    async def delays(self) -> list[Events]:
        """Of all that was done, by kind."""
        await asyncio.sleep(_HEARD_S)
        kinds: dict[str, list[Cause]] = defaultdict(list)
        for cause in self.causes:
            kinds[cause.kind].append(cause)
        everybody = [*self.gone, *self.people]
        found = []
        for kind, causes in kinds.items():
            heard = [[p.heard[one.key] - one.at for p in everybody if one.key in p.heard] for one in causes]
            expected = [sum(self._should_hear(person, one) for person in everybody) for one in causes]
            samples = [delay * 1e3 for delays in heard for delay in delays]
            missed = sum(max(0, due - len(delays)) for due, delays in zip(expected, heard, strict=True))
            found.append(Events(kind, len(causes), max(expected), spread(samples), missed))
        return found

    async def close(self) -> None:
        """Everybody goes without a word."""
        await asyncio.gather(*(person.close() for person in self.people))

    def _should_hear(self, person: Person, cause: Cause) -> bool:
        """Whether they were there all the time that it takes. Nobody is told of their own coming and going."""
        own = {one.key.partition(" ")[2]: one.at for one in self.causes if one.key.startswith(person.participant_id)}
        return own.get("joined", 0.0) < cause.at < own.get("left", cause.at + 1.0)

    async def _act(self, person: Person, round_: int) -> client_pb2.ServerMessage:
        """Up with the hand, a line, down with the hand: every third round the same."""
        step = round_ % 3
        now = time.monotonic()
        if step == 1:
            line = f"{person.participant_id}-{round_}"
            self.causes.append(Cause("chat line", line, now))
            return await person.request(say=client_pb2.Say(text="Siap, kami laksanakan.", client_line_id=line))
        raised = step == 0
        if round_ < 3:
            self.causes.append(Cause("hand", f"{person.participant_id} hand {raised}", now))
        return await person.request(raise_hand=client_pb2.RaiseHand(raised=raised))

    async def _window(self, seconds: float) -> dict[str, float]:
        """CPU of each process in ms a second while nothing is done."""
        gc.collect()
        before = self._cpu()
        await asyncio.sleep(seconds)
        return {name: ns / 1e6 / seconds for name, ns in _passed(before, self._cpu()).items()}

    def _cpu(self) -> dict[str, int]:
        # CPUCLOCK_SCHED of another process, exact to the nanosecond (clock_getcpuclockid(3)).
        return {name: time.clock_gettime_ns((~pid << 3) | 2) for name, pid in self._pids.items()}


def _passed(before: dict[str, int], after: dict[str, int]) -> dict[str, int]:
    return {name: after[name] - before[name] for name in PROCESSES}


def _moments(steps: dict[str, float]) -> Callable[[str], None]:
    def note(step: str) -> None:
        steps[step] = time.monotonic()

    return note


def _steps_since_now(steps: dict[str, list[float]]) -> Callable[[str], None]:
    clicked = time.monotonic()
    return lambda step: steps[step].append((time.monotonic() - clicked) * 1e3)
