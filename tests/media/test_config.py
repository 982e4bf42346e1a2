"""Each setting that makes no sense is named, with what is allowed; the process then ends with 2."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from urllib.error import HTTPError

import pytest

from services.common.config import ConfigError, Environment
from services.media.config import MediaConfig
from tools.instance.ports import free_port

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def key(tmp_path: Path) -> str:
    path = tmp_path / "service.key"
    path.write_bytes(b"k" * 32)
    return str(path)


def read(key: str, **values: str) -> MediaConfig:
    return MediaConfig.read(Environment({"SIPULUNG_SERVICE_KEY_FILE": key, **values}))


def test_the_defaults_are_those_of_one_machine(key: str) -> None:
    config = read(key)
    assert (config.node_id, config.media_advertise, config.address_source) == ("media-1", "auto", "environment")
    assert str(config.media_listen) == "0.0.0.0:7001"
    assert (config.max_sessions, config.max_sessions_per_meeting, config.drain_ms) == (1000, 300, 2000)
    assert (config.pod, config.namespace, config.grpc_advertise) == ("", "", "")


def test_what_is_set_is_read(key: str) -> None:
    config = read(
        key,
        SIPULUNG_ADDRESS_SOURCE="kubernetes",
        POD_NAME="media-0",
        POD_NAMESPACE="sipulung",
        SIPULUNG_DRAIN_SECONDS="300",
        SIPULUNG_MEDIA_LISTEN="[::]:7009",
        SIPULUNG_GRPC_ADVERTISE="media-0.media:7104",
        SIPULUNG_MAX_SESSIONS="1",
    )
    assert (config.pod, config.namespace, config.drain_ms) == ("media-0", "sipulung", 300_000)
    assert (config.media_listen.host, config.grpc_advertise, config.max_sessions) == ("::", "media-0.media:7104", 1)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SIPULUNG_NODE_ID", "media.1"),
        ("SIPULUNG_NODE_ID", "m" * 65),
        ("SIPULUNG_GRPC_LISTEN", "7104"),
        ("SIPULUNG_GRPC_ADVERTISE", "media-1"),
        ("SIPULUNG_ADMIN_LISTEN", "127.0.0.1:70000"),
        ("SIPULUNG_MEDIA_LISTEN", "::1:7001"),
        ("SIPULUNG_ADDRESS_SOURCE", "dns"),
        ("SIPULUNG_NATS_URL", "http://127.0.0.1"),
        ("SIPULUNG_AUTH_ADDRESS", "auth"),
        ("SIPULUNG_SERVICE_KEY_FILE", "/nowhere/key"),
        ("SIPULUNG_MAX_SESSIONS", "0"),
        ("SIPULUNG_MAX_SESSIONS", "many"),
        ("SIPULUNG_MAX_SESSIONS_PER_MEETING", "3001"),
        ("SIPULUNG_DRAIN_SECONDS", "-1"),
    ],
)  # fmt: skip
def test_a_bad_value_is_named_with_what_is_allowed(key: str, name: str, value: str) -> None:
    with pytest.raises(ConfigError, match=rf"^{name} is .*: allowed is .") as raised:
        read(**{"key": key, name: value})
    assert value[:60] in str(raised.value)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize("missing", ["POD_NAME", "POD_NAMESPACE"])
def test_in_kubernetes_the_pod_must_be_known(key: str, missing: str) -> None:
    values = {"POD_NAME": "media-0", "POD_NAMESPACE": "sipulung"}
    del values[missing]
    with pytest.raises(ConfigError, match=f"{missing} is not set"):
        read(key, SIPULUNG_ADDRESS_SOURCE="kubernetes", **values)
    with pytest.raises(ConfigError, match="SIPULUNG_SERVICE_KEY_FILE is not set"):
        MediaConfig.read(Environment({}))


def process(key: str, **values: str) -> subprocess.Popen[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("SIPULUNG_", "KUBERNETES_"))}
    environment = kept | {
        "PYTHONPATH": f"{ROOT}:{ROOT / 'gen' / 'python'}",
        "SIPULUNG_SERVICE_KEY_FILE": key,
        "SIPULUNG_GRPC_LISTEN": "127.0.0.1:0",
        "SIPULUNG_ADMIN_LISTEN": "127.0.0.1:0",
        "SIPULUNG_MEDIA_LISTEN": "127.0.0.1:0",
        # Nobody is there: a node does not wait for them.
        "SIPULUNG_NATS_URL": "nats://127.0.0.1:9",
        "SIPULUNG_AUTH_ADDRESS": "127.0.0.1:9",
        **values,
    }
    command = [sys.executable, "-m", "services.media"]
    return subprocess.Popen(command, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def test_the_process_ends_with_2_and_one_line(key: str) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        wrong = [
            ("SIPULUNG_MEDIA_LISTEN", address, "free address"),
            ("SIPULUNG_MEDIA_LISTEN", "localhost:7001", "an IP address"),
            ("SIPULUNG_MEDIA_ADVERTISE", "media.example.id", "a comma list of ip"),
            ("SIPULUNG_MAX_SESSIONS", "none", "a whole number"),
        ]
        for name, value, allowed in wrong:
            out, err = (found := process(key, **{name: value})).communicate(timeout=120)
            assert found.returncode == 2, (out, err)
            assert err.count("\n") == 1
            assert err.startswith(f"{name} is '{value}': allowed is")
            assert allowed in err


def test_outside_of_a_pod_there_is_no_kubernetes(key: str) -> None:
    values = {"SIPULUNG_ADDRESS_SOURCE": "kubernetes", "POD_NAME": "media-0", "POD_NAMESPACE": "sipulung"}
    _, err = (found := process(key, **values)).communicate(timeout=120)
    assert found.returncode == 2
    assert err.startswith("SIPULUNG_ADDRESS_SOURCE is 'kubernetes': allowed is that in a pod only")


def test_a_node_needs_nobody_to_start_and_stops_in_order(key: str) -> None:
    admin = free_port()
    node = process(key, SIPULUNG_ADMIN_LISTEN=f"127.0.0.1:{admin}", SIPULUNG_OTLP_ENDPOINT="http://127.0.0.1:9")
    try:
        assert node.stdout is not None
        for line in node.stdout:
            if json.loads(line)["message"] == "media node is up":
                break
        assert urllib.request.urlopen(f"http://127.0.0.1:{admin}/livez", timeout=60).status == 200
        with pytest.raises(HTTPError) as raised:
            urllib.request.urlopen(f"http://127.0.0.1:{admin}/readyz", timeout=60)
        assert raised.value.code == 503
        raised.value.close()
        with urllib.request.urlopen(f"http://127.0.0.1:{admin}/metrics", timeout=60) as metrics:
            text = metrics.read().decode()
        for name in (
            "sipulung_media_sessions",
            "sipulung_media_datapath_cpu_seconds_total",
            'name="drop_empty"',
            'name="sctp_packet"',
        ):
            assert name in text
        # As many files as it may have: clients without UDP are one each.
        files = re.search(r"Max open files +(\d+) +(\d+)", Path(f"/proc/{node.pid}/limits").read_text())
        assert files is not None
        assert files[1] == files[2]
        began = time.monotonic()
        node.send_signal(signal.SIGTERM)
        out, err = node.communicate(timeout=60)
        assert node.returncode == 0, (out, err)
        assert time.monotonic() - began < 8
        lines = [json.loads(line) for line in out.splitlines()]
        # What cannot be exported may be said; nothing else is wrong.
        wrong = [
            line for line in lines if line["level"] in ("error", "critical") and "opentelemetry" not in line["logger"]
        ]
        assert wrong == []
        assert "Callback failed" not in out
        assert "Traceback" not in err
    finally:
        node.kill()
        node.communicate()
