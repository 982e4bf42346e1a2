"""`python -m services.signaling`: one replica, configured by the environment."""

import asyncio
import os

from services.common.lifecycle import Lifecycle, run
from services.common.telemetry import Telemetry
from services.signaling.config import Config
from services.signaling.wiring import Signaling


async def main(lifecycle: Lifecycle) -> None:
    """Serves until SIGTERM or SIGINT. Raises ConfigError."""
    config = Config.read(os.environ)
    lifecycle.drain_s = config.drain_s
    telemetry = Telemetry.start("signaling", lifecycle.environment)
    signaling = Signaling(config, telemetry)
    starting = asyncio.create_task(signaling.start())
    wish = asyncio.create_task(lifecycle.wait())
    # NATS may be away at the start: whoever wants to stop need not wait for it.
    await asyncio.wait({starting, wish}, return_when=asyncio.FIRST_COMPLETED)
    if starting.done():
        await starting
        await wish
        await signaling.stop()
    else:
        starting.cancel()
        await asyncio.gather(starting, return_exceptions=True)
    await asyncio.to_thread(telemetry.stop)


if __name__ == "__main__":
    run(main)
