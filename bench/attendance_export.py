"""Export a month's attendance of 2,000 people in 400 meetings: `python -m bench.attendance_export [--json FILE]`.

Exit 0: measured; 1: it could not be, the message says why. Whether the aim is reached is printed and changes nothing.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import platform
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

import aiohttp

from bench import machine
from bench.attendance_seed import Month, Size, seed
from bench.failure import BenchError
from services.auth.store.accounts import AccountStore
from services.auth.store.outbox import Outbox
from services.auth.store.tenants import TenantStore
from services.common.errors import DomainError
from services.common.ids import AccountId, TenantId
from services.common.store import open_store
from services.roster.core.compose import month_bounds
from tests.support.instance import Instance, InstanceError
from tools.instance.secrets import make_secrets

FORMATS: Final = ("csv", "xlsx", "pdf")
RUNS: Final = 3
# The aims.
_AIM_S: Final = 5.0
_AIM_SILENCE_S: Final = 0.5
_STEPS: Final = ("READING", "COMPOSING", "WRITING")
_QUICK: Final = Size(people=200, meetings=20)
_EXPORT_S: Final = 120.0


@dataclass
class Run:
    """One export as its client saw it, in seconds from the request."""

    whole: float = 0.0
    first_line: float = 0.0
    # The longest time in which nothing was heard before the file came.
    silence: float = 0.0
    lines: int = 0
    size: int = 0
    # How long it was told that this was under way.
    steps: dict[str, float] = field(default_factory=lambda: dict.fromkeys(_STEPS, 0.0))
    sending: float = 0.0
    # CPU seconds of roster itself, of its report worker, and of the others that take part.
    cpu: dict[str, float] = field(default_factory=dict)


async def export(instance: Instance, http: aiohttp.ClientSession, token: str, month: str, suffix: str) -> Run:
    """Raises BenchError."""
    url = f"{instance.url}/api/v1/reports/attendance?month={month}&format={suffix}&scope=tenant&language=id"
    before, started = _cpu(instance), time.perf_counter()
    run, last, step, left, told = Run(), 0.0, "READING", -1, b""
    timeout = aiohttp.ClientTimeout(total=_EXPORT_S)
    async with http.get(url, headers={"Authorization": f"Bearer {token}"}, timeout=timeout) as response:
        if response.status != 200:
            raise BenchError(f"{suffix}: {response.status}, {await response.text()}")
        async for part in response.content.iter_any():
            now = time.perf_counter() - started
            if left >= 0:
                left -= len(part)
                continue
            run.silence = max(run.silence, now - last)
            run.first_line = run.first_line or now
            run.steps[step] += now - last
            last, told = now, told + part
            while left < 0 and b"\n" in told:
                line, _, told = told.partition(b"\n")
                said = json.loads(line)
                if "error" in said:
                    raise BenchError(f"{suffix}: {said['error']}")
                run.lines += 1
                step = said.get("step") or step
                if "file" in said:
                    run.size = said["file"]["size"]
                    left = run.size - len(told)
    run.whole = time.perf_counter() - started
    run.sending = run.whole - last
    if left != 0:
        raise BenchError(f"{suffix}: the answer ended too early")
    run.cpu = {name: spent - before.get(name, 0.0) for name, spent in _cpu(instance).items()}
    return run


def _cpu(instance: Instance) -> dict[str, float]:
    """CPU seconds so far, by process; those of the report worker are zero before its start."""
    spent = {name: _cpu_of(instance.pid(name)) for name in ("roster", "signaling", "nats", "valkey", "auth")}
    children = Path(f"/proc/{instance.pid('roster')}/task/{instance.pid('roster')}/children").read_text().split()
    return {**spent, "worker": sum(_cpu_of(int(child)) for child in children)}


def _cpu_of(pid: int) -> float:
    """proc(5): utime and stime are the fields 14 and 15."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


async def seeded(instance: Instance, size: Size) -> tuple[str, int]:
    """Writes the month; which it is, and how many records it has. Raises BenchError."""
    secrets = make_secrets(instance.state / "keys")
    redis_url = f"redis://:{secrets.valkey_password}@127.0.0.1:{instance.port('VALKEY_PORT')}/0"
    nats_url = f"nats://{secrets.nats_token}@127.0.0.1:{instance.port('NATS_PORT')}"
    redis = open_store(redis_url)
    try:
        outbox = Outbox(redis)
        tenant = await TenantStore(redis, outbox).by_slug("luwu")
        owner = None if tenant is None else await AccountStore(redis, outbox).by_user(tenant.tenant_id, "host")
    finally:
        await redis.aclose()
    if tenant is None or owner is None:
        raise BenchError("the demo has no tenant luwu with a host")
    zone = ZoneInfo(tenant.time_zone)
    # What is stored now is found in this month only.
    month = datetime.now(UTC).astimezone(zone).strftime("%Y-%m")
    begin_ms, _ = month_bounds(month, zone)
    where = Month(TenantId(tenant.tenant_id), AccountId(owner.account_id), owner.name, begin_ms)
    return month, await seed(redis_url, nats_url, where, size)


async def measure(instance: Instance, size: Size, runs: int) -> dict[str, list[Run]]:
    """Everything, printed as it comes. Raises BenchError."""
    started = time.monotonic()
    month, records = await seeded(instance, size)
    _say(
        f"Month       {month}: {size.people} people, {size.meetings} meetings of {size.per_meeting}, {records} records"
        f" (written in {time.monotonic() - started:.0f} s)"
    )
    found: dict[str, list[Run]] = {}
    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as http:
        admin = instance.account("tenant_admin")
        credential = {"user": admin["user"], "password": admin["password"]}
        async with http.post(f"{instance.url}/api/v1/sign-in", json=credential) as response:
            token = (await response.json())["access_token"]
        for suffix in FORMATS:
            found[suffix] = [await export(instance, http, token, month, suffix) for _ in range(runs)]
            _say(_shown(suffix, found[suffix]))
    return found


def conditions() -> str:
    """What the figures depend on."""
    lines = [
        f"Processor   {machine.processor()}, {os.cpu_count()} cores for services, stores and the client together",
        f"Kernel      {platform.system()} {platform.release()}; load average {os.getloadavg()[0]:.2f} at the start",
        f"Versions    Python {platform.python_version()}, protobuf {version('protobuf')}, reportlab"
        f" {version('reportlab')}, xlsxwriter {version('xlsxwriter')}; commit {machine.commit()}",
        "Client      one, over loopback: GET /api/v1/reports/attendance as the tenant's admin, the whole tenant",
    ]
    return "\n".join(lines)


def _shown(suffix: str, runs: Sequence[Run]) -> str:
    def median(of: Sequence[float]) -> float:
        return statistics.median(of)

    whole = median([run.whole for run in runs])
    silence = max(run.silence for run in runs)
    steps = ", ".join(f"{step.lower()} {median([run.steps[step] for run in runs]):.2f}" for step in _STEPS)
    cpu = ", ".join(f"{name} {median([run.cpu[name] for run in runs]):.2f}" for name in runs[0].cpu)
    lines = [
        f"{suffix.upper()}, {runs[0].size / 1e6:.2f} MB: {whole:.2f} s from the request to the last byte"
        f" (all: {', '.join(f'{run.whole:.2f}' for run in runs)})",
        f"  s: {steps}, sending {median([run.sending for run in runs]):.2f}",
        f"  CPU s: {cpu}",
        f"  progress: {median([run.lines for run in runs]):.0f} lines, the first after"
        f" {median([run.first_line for run in runs]):.2f} s, longest silence {silence:.2f} s",
        f"  Aims: at most {_AIM_S:g} s: {_verdict(whole, _AIM_S)};"
        f" told at least every {_AIM_SILENCE_S:g} s: {_verdict(silence, _AIM_SILENCE_S)}",
    ]
    return "\n".join(lines)


def _verdict(value: float, aim: float) -> str:
    return "reached" if value <= aim else f"missed by {value / aim - 1:.0%}"


def _say(text: str) -> None:
    sys.stdout.write(text + "\n\n")
    sys.stdout.flush()


def main(arguments: list[str] | None = None) -> int:
    """The command line; its exit status."""
    parser = argparse.ArgumentParser(prog="python -m bench.attendance_export", description="Export a month.")
    parser.add_argument("--quick", action="store_true", help="check within half a minute that all figures come")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there too")
    options = parser.parse_args(arguments)
    _say(conditions())
    try:
        with tempfile.TemporaryDirectory(prefix="sipulung-bench-") as folder, Instance(Path(folder)) as instance:
            size, runs = (_QUICK, 1) if options.quick else (Size(), RUNS)
            found: dict[str, Any] = asyncio.run(measure(instance, size, runs))
        if options.json is not None:
            figures = {suffix: [asdict(run) for run in runs] for suffix, runs in found.items()}
            options.json.write_text(json.dumps(figures, indent=2) + "\n")
    except (BenchError, InstanceError, DomainError) as error:
        sys.stderr.write(f"bench: {error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
