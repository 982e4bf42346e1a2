"""Hold a meeting of a hundred: `python -m bench.crowd.run [--people N] [--browsers N] [--quick] [--json FILE]`.

Exit 0: measured; 1: it could not be, the message says why. Whether the aims are reached is printed and changes nothing.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import tempfile
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import aiohttp

from bench.crowd import bare, report
from bench.crowd.scenario import QUICK, Meeting, Plan
from bench.failure import BenchError
from tests.support.instance import Instance, InstanceError


def _say(text: str) -> None:
    sys.stdout.write(text + "\n\n")
    sys.stdout.flush()


async def measure(instance: Instance, plan: Plan) -> dict[str, Any]:
    """Everything, printed as it comes. Raises BenchError."""
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar()) as http:
        meeting = Meeting(instance, http, plan)
        try:
            joins = await meeting.joins()
            _say(report.joins(joins))
            costs = await meeting.events()
            await meeting.comings()
            events = await meeting.delays()
            _say(report.events(events))
        finally:
            await meeting.close()
    bare_ms = [await bare.measure(one.events, one.per_second, one.receivers) for one in costs]
    _say(report.costs(costs, bare_ms))
    return {
        "joins": asdict(joins),
        "events": [asdict(one) for one in events],
        "costs": [asdict(one) for one in costs],
        "bare_ms": bare_ms,
    }


def main(arguments: list[str] | None = None) -> int:
    """The command line; its exit status."""
    parser = argparse.ArgumentParser(prog="python -m bench.crowd.run", description="Hold a meeting of a hundred.")
    parser.add_argument("--people", type=int, default=100, metavar="N", help="how many come (default: 100)")
    parser.add_argument(
        "--browsers", type=int, default=3, metavar="N", help="how many of them join in Chromium, 0 to 5 (default: 3)"
    )
    parser.add_argument("--quick", action="store_true", help="check within a minute that all figures come")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there too")
    options = parser.parse_args(arguments)
    if not 20 <= options.people <= 100:
        parser.error("20 to 100 people")
    if not 0 <= options.browsers <= 5:
        parser.error("0 to 5 browsers")
    _say(report.conditions(options.people, options.browsers))
    try:
        with (
            tempfile.TemporaryDirectory(prefix="sipulung-bench-") as folder,
            Instance(Path(folder)) as instance,
        ):
            plan = replace(QUICK if options.quick else Plan(), people=options.people, browsers=options.browsers)
            figures = asyncio.run(measure(instance, plan))
        if options.json is not None:
            options.json.write_text(json.dumps(figures, indent=2) + "\n")
    except (BenchError, InstanceError) as error:
        sys.stderr.write(f"bench: {error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
