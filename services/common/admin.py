"""What operators and Kubernetes ask a process: is it alive, is it ready, how is it doing."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Final

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from services.common.config import Address
from services.common.telemetry import Telemetry

Check = Callable[[], Awaitable[bool]]

_CHECK_S: Final = 1.0
_log = logging.getLogger(__name__)


class AdminServer:
    """HTTP on its own address: /livez depends on nothing, /readyz on the named checks, /metrics is for Prometheus."""

    def __init__(self, listen: Address, telemetry: Telemetry) -> None:
        self._listen = listen
        self._registry = telemetry.registry
        self._checks: dict[str, Check] = {}
        self._stopping = False
        self._runner: web.AppRunner | None = None

    def check(self, name: str, check: Check) -> None:
        """Readiness also needs this one. A check that raises or takes over a second has failed."""
        self._checks[name] = check

    def stopping(self) -> None:
        """From now on not ready: new work goes to another replica."""
        self._stopping = True

    async def start(self) -> int:
        """Listen; the port that was bound. Raises OSError when the address is taken."""
        application = web.Application()
        application.router.add_get("/livez", self._livez)
        application.router.add_get("/readyz", self._readyz)
        application.router.add_get("/metrics", self._metrics)
        self._runner = web.AppRunner(application, access_log=None, shutdown_timeout=1.0)
        await self._runner.setup()
        await web.TCPSite(self._runner, self._listen.host, self._listen.port).start()
        return int(self._runner.addresses[0][1])

    async def stop(self) -> None:
        """Close the listener."""
        if self._runner is not None:
            await self._runner.cleanup()

    async def readiness(self) -> dict[str, bool]:
        """Each check's result by name, and "running"."""
        names = list(self._checks)
        results = await asyncio.gather(*(self._passes(name) for name in names))
        return {"running": not self._stopping, **dict(zip(names, results, strict=True))}

    async def _passes(self, name: str) -> bool:
        try:
            async with asyncio.timeout(_CHECK_S):
                return await self._checks[name]()
        except Exception as error:  # A readiness check asks whether something works; any failure is the answer "no".
            _log.debug("readiness check failed", extra={"check": name, "error": repr(error)})
            return False

    async def _livez(self, request: web.Request) -> web.Response:
        return web.json_response({"alive": True})

    async def _readyz(self, request: web.Request) -> web.Response:
        results = await self.readiness()
        return web.json_response(results, status=200 if all(results.values()) else 503)

    async def _metrics(self, request: web.Request) -> web.Response:
        # The reader calls the callbacks of observable gauges, which belong to the event loop's thread.
        return web.Response(body=generate_latest(self._registry), headers={"Content-Type": CONTENT_TYPE_LATEST})
