"""The rendered configuration of the stores, read by the real servers."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from tests.helm.rendered import find, render
from tests.support.valkey import started_valkey
from tools.instance.ports import free_ports
from tools.instance.settings import PORTS
from tools.instance.stores import nats_server


@pytest.mark.parametrize("replicas", [1, 3])
def test_nats_reads_its_configuration(tmp_path: Path, replicas: int) -> None:
    secret = find(render({"nats": {"replicas": replicas}}), "Secret", "rapat-sipulung-stores")
    file = tmp_path / "nats.conf"
    file.write_text(secret["stringData"]["nats.conf"])

    checked = subprocess.run(
        [nats_server(), "-t", "-c", file],
        env={**os.environ, "POD_NAME": "rapat-sipulung-nats-0"},
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )

    assert checked.returncode == 0, checked.stderr
    assert "is valid" in checked.stdout + checked.stderr
    assert secret["stringData"]["nats.conf"].count("nats://cluster:") == (replicas if replicas > 1 else 0)


def test_valkey_reads_its_configuration(tmp_path: Path) -> None:
    secret = find(render(), "Secret", "rapat-sipulung-stores")["stringData"]
    file = tmp_path / "valkey.conf"
    # The volume is there in a pod only.
    file.write_text(secret["valkey.conf"].replace("dir /data\n", f"dir {tmp_path}\n"))
    port = free_ports([one for one in PORTS if one.variable == "VALKEY_PORT"])["VALKEY_PORT"]

    with started_valkey(file, port, secret["valkey-password"], "--port", str(port)):
        assert (tmp_path / "appendonlydir").is_dir()
