"""What can be set, and what is said when it makes no sense."""

from __future__ import annotations

import json
import socket
from pathlib import Path

import pytest

from tools.instance.ports import busy_ports, free_ports, kept_free_ports
from tools.instance.settings import PORTS, SettingsError, read_settings
from tools.run import public_url


def test_defaults(tmp_path: Path) -> None:
    settings = read_settings({}, tmp_path)

    assert settings.ports["HTTP_PORT"] == 8080
    assert settings.host == "127.0.0.1"
    assert public_url(settings, ["192.0.2.7"]) == "http://127.0.0.1:8080"


def test_https_serves_the_network(tmp_path: Path) -> None:
    settings = read_settings({"HTTPS": "1"}, tmp_path)

    assert settings.ports["HTTP_PORT"] == 8443
    assert settings.ports["CA_PORT"] == 8080
    assert public_url(settings, ["192.0.2.7"]) == "https://192.0.2.7:8443"
    assert public_url(settings, []) == "https://127.0.0.1:8443"


@pytest.mark.parametrize(
    ("environment", "message"),
    [
        ({"HTTP_PORT": "http"}, "HTTP_PORT is 'http': allowed is a port number from 1 to 65535."),
        ({"NATS_PORT": "70000"}, "NATS_PORT is '70000': allowed is a port number from 1 to 65535."),
        ({"HTTPS": "yes"}, "HTTPS is 'yes': allowed is 0 or 1."),
        ({"HTTP_PORT": "7222"}, "HTTP_PORT and NATS_PORT are both 7222: each needs a port of its own."),
    ],
)
def test_nonsense_is_named(environment: dict[str, str], message: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as refused:
        read_settings(environment, tmp_path)

    assert str(refused.value) == message


@pytest.mark.parametrize(
    ("variable", "kind"),
    [
        ("HTTP_PORT", socket.SOCK_STREAM),
        ("MEDIA_1_UDP_PORT", socket.SOCK_STREAM),
        ("MEDIA_1_UDP_PORT", socket.SOCK_DGRAM),
    ],
)
def test_a_busy_port_is_named_with_its_variable(variable: str, kind: socket.SocketKind, tmp_path: Path) -> None:
    settings = read_settings({}, tmp_path, free_ports(PORTS))
    assert busy_ports(settings) == []

    with socket.socket(socket.AF_INET, kind) as occupant:
        occupant.bind(("127.0.0.1", settings.ports[variable]))
        if kind == socket.SOCK_STREAM:
            occupant.listen()
        (line,) = busy_ports(settings)

    assert line.startswith(f"Port {settings.ports[variable]} (")
    assert f"make run {variable}=<port>" in line


def test_free_ports_are_kept(tmp_path: Path) -> None:
    file = tmp_path / "ports.json"
    first = kept_free_ports(file, PORTS)

    assert len(set(first.values())) == len(PORTS)
    assert kept_free_ports(file, PORTS) == first == json.loads(file.read_text())
