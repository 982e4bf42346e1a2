"""One installation for all of these tests, with a collector that its traces go to."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio

from tests.integration.world import World, open_world
from tests.support.collector import Collector
from tests.support.instance import Instance


@pytest.fixture(scope="session")
def instance(tmp_path_factory: pytest.TempPathFactory, collector: Collector) -> Iterator[Instance]:
    environment = {
        "SIPULUNG_OTLP_ENDPOINT": collector.endpoint,
        # What the tests about secrets look at is all that a service could ever say.
        "SIPULUNG_LOG_LEVEL": "debug",
        # Nobody here sends media: who is in a meeting stays in it.
        "SIPULUNG_MEDIA_LEASE_SECONDS": "600",
        # Everybody signs in once, however long it all takes.
        "SIPULUNG_ACCESS_TOKEN_SECONDS": "3600",
    }
    with Instance(tmp_path_factory.mktemp("instance"), environment) as started:
        yield started


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def world(instance: Instance) -> AsyncIterator[World]:
    async with open_world(instance) as opened:
        yield opened
