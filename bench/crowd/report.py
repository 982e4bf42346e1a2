"""The conditions and the figures, as they are printed."""

from __future__ import annotations

import os
import platform
from collections.abc import Sequence
from importlib.metadata import version
from typing import Final

from bench import machine
from bench.crowd.figures import Costs, Events, Joins, Spread

# The aims.
_AIM_DELAY_MS: Final = 200.0
_AIM_EVENT_MS: Final = 2.0
_AIM_JOIN_MS: Final = 3000.0


def conditions(people: int, browsers: int) -> str:
    """What the figures depend on."""
    collector = os.environ.get("SIPULUNG_OTLP_ENDPOINT", "")
    lines = [
        f"Processor   {machine.processor()}, {os.cpu_count()} cores for services, stores and clients together",
        f"Kernel      {platform.system()} {platform.release()}; load average {os.getloadavg()[0]:.2f} at the start",
        f"Versions    Python {platform.python_version()}, grpcio {version('grpcio')}, protobuf {version('protobuf')},"
        f" aiohttp {version('aiohttp')}; commit {machine.commit()}",
        f"Clients     {people - browsers} in one process, over loopback: HTTP, WebSocket, an offer of Chromium, ICE,"
        " DTLS and",
        "            data channel, no pictures and no sound. Delays hold the time that this process takes to read.",
        f"Traces      {'collected' if collector else 'not collected'} (SIPULUNG_OTLP_ENDPOINT is {collector!r})",
    ]
    if browsers:
        lines += [
            f"            {browsers} pages of one Chromium with camera and microphone until all have joined; clients",
            "            at protocol level then take their places, so that no browser runs while events are measured.",
        ]
    if os.getloadavg()[0] > 1:
        lines.append("            Others use this machine: delays come out too long, and CPU figures too high.")
    return "\n".join(lines)


def joins(measured: Joins) -> str:
    """How long it takes to get in."""
    lines = [
        f"Join, {measured.people} within {measured.over_s:g} s, ms from Lanjut (Gabung follows at once)",
        f"  {'':18}{'p50':>8}{'p95':>8}{'p99':>8}{'most':>8}",
        _row("token", measured.token),
        _row("answer", measured.answer),
        _row("in the meeting", measured.entered),
        _row("data channel", measured.media),
        _row("all, browsers too", measured.everybody),
    ]
    lines += [
        f"  {f'browser {number}':18}  shows the preview after {page.preview:.0f}, the meeting after {page.entered:.0f}"
        for number, page in enumerate(measured.pages, 1)
    ]
    failed = [*measured.failed, *measured.pages_failed]
    lines += [
        "  CPU ms per join: " + _by_process(measured.cpu_ms),
        f"  Failed: {len(measured.failed)}, and {len(measured.pages_failed)} at a browser"
        + "".join(f"\n    {error}" for error in failed[:5]),
        f"  Aim: none fails: {'missed' if failed else 'reached'};"
        f" p95 at most {_AIM_JOIN_MS:.0f} ms: {_verdict(measured.everybody.p95, _AIM_JOIN_MS)}",
    ]
    return "\n".join(lines)


def events(measured: Sequence[Events]) -> str:
    """How long until all the others know."""
    lines = [
        "Events, ms from the client that causes one to each of the others",
        f"  {'':18}{'p50':>8}{'p95':>8}{'p99':>8}{'most':>8}  events × receivers  missed",
    ]
    lines += [
        f"{_row(one.name, one.delay)}  {f'{one.count} × {one.receivers}':>18}  {one.missed:6}" for one in measured
    ]
    worst = max(one.delay.p95 for one in measured)
    missed = sum(one.missed for one in measured)
    lines.append(
        f"  Aim: p95 at most {_AIM_DELAY_MS:.0f} ms: {_verdict(worst, _AIM_DELAY_MS)}"
        + (f"; but {missed} never came" if missed else "")
    )
    return "\n".join(lines)


def costs(measured: Sequence[Costs], bare_ms: Sequence[float]) -> str:
    """CPU for each event, by the rate of events, and what the bare way took for it at the same rates."""
    lines = [f"CPU per event to {measured[0].receivers} receivers, ms, beyond what is spent when nothing happens"]
    for one, bare in zip(measured, bare_ms, strict=True):
        both = one.event_ms["roster"] + one.event_ms["signaling"]
        lines += [
            f"  {f'{one.per_second:g} a second' if one.per_second else 'all at once'} ({one.events}): "
            + _by_process(one.event_ms),
            f"    Aim: roster and signaling at most {_AIM_EVENT_MS:g} ms: {both:.2f}, {_verdict(both, _AIM_EVENT_MS)}",
            f"    The bare way, an RPC, a message of a stream and the sockets: {bare:.2f}, × {both / bare:.1f} of it",
        ]
    lines.append("  when nothing happens, ms a second: " + _by_process(measured[0].idle_ms))
    return "\n".join(lines)


def _row(name: str, of: Spread) -> str:
    return f"  {name:18}{of.p50:8.1f}{of.p95:8.1f}{of.p99:8.1f}{of.most:8.1f}"


def _by_process(figures: dict[str, float]) -> str:
    return ", ".join(f"{name} {value:.2f}" for name, value in figures.items())


def _verdict(value: float, aim: float) -> str:
    return "reached" if value <= aim else f"missed by {value / aim - 1:.0%}"
