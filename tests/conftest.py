"""Fixtures that any test may ask for. The servers start when the first test needs them and live until the last one."""

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

from tests.support.collector import Collector, running_collector
from tests.support.servers import NatsServer, ValkeyServer

# What a property says has nothing to do with how busy the machine is: no example has to be quick. And they are the same
# each time: what passes once for a change passes always.
settings.register_profile(
    "sipulung", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow], print_blob=False
)
settings.load_profile("sipulung")


@pytest.fixture(scope="session")
def nats_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NatsServer]:
    """The process, to kill and restart."""
    server = NatsServer(tmp_path_factory.mktemp("nats"))
    server.start()
    yield server
    server.kill()


@pytest.fixture(scope="session")
def valkey_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ValkeyServer]:
    """The process, to kill and restart."""
    server = ValkeyServer(tmp_path_factory.mktemp("valkey"))
    server.start()
    yield server
    server.kill()


@pytest.fixture(scope="session")
def collector() -> Iterator[Collector]:
    """What services send their traces to."""
    with running_collector() as started:
        yield started


@pytest.fixture
def nats_url(nats_server: NatsServer) -> str:
    """NATS without any stream."""
    nats_server.delete_streams()
    return nats_server.url


@pytest.fixture
def redis_url(valkey_server: ValkeyServer) -> str:
    """An empty database."""
    return valkey_server.next_url()
