"""The same variables configure a service in the Procfile, in the chart and in the documentation."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from honcho.environ import parse_procfile  # type: ignore[import-untyped]

from tests.helm.rendered import environment, find, render
from tools.instance.environment import process_environment
from tools.instance.secrets import make_secrets
from tools.instance.settings import PROCESSES, ROOT, read_settings

# The command line is no service: nothing starts it.
SERVICES = sorted(path.parent.name for path in ROOT.glob("services/*/__main__.py") if path.parent.name != "cli")
# Set for each service alike, whether or not it has a use for them.
COMMON = {
    "SIPULUNG_GRPC_LISTEN",
    "SIPULUNG_ADMIN_LISTEN",
    "SIPULUNG_NATS_URL",
    "SIPULUNG_REDIS_URL",
    "SIPULUNG_SERVICE_KEY_FILE",
    "SIPULUNG_AUTH_ADDRESS",
    "SIPULUNG_ROSTER_ADDRESS",
    "SIPULUNG_OTLP_ENDPOINT",
    "SIPULUNG_LOG_LEVEL",
}
NAME = re.compile(r'"(SIPULUNG_[A-Z0-9_]+)"')
# A flag without a default is off.
REQUIRED = re.compile(r'environment\.(?!flag)\w+\("(SIPULUNG_[A-Z0-9_]+)"\)')


def sources(service: str) -> str:
    return "\n".join(path.read_text() for path in sorted((ROOT / "services" / service).rglob("*.py")))


def in_procfile(process: str) -> set[str]:
    command = parse_procfile((ROOT / "Procfile").read_text()).processes[process]
    return set(re.findall(r"(SIPULUNG_[A-Z0-9_]+)=", command))


def in_chart(service: str) -> set[str]:
    variables = environment(find(render(), "Deployment", f"rapat-sipulung-{service}"))
    return {name for name in variables if name.startswith("SIPULUNG_")}


def in_run(tmp_path: Path) -> set[str]:
    settings = read_settings({}, tmp_path)
    variables = process_environment({}, settings, make_secrets(tmp_path / "keys"), None)
    return {name for name in variables if name.startswith("SIPULUNG_")}


def process_of(service: str) -> str:
    return "media-1" if service == "media" else service


def test_the_procfile_has_every_process() -> None:
    assert tuple(parse_procfile((ROOT / "Procfile").read_text()).processes) == PROCESSES


@pytest.mark.parametrize("service", SERVICES)
def test_what_is_set_is_read(service: str) -> None:
    read = set(NAME.findall(sources(service)))

    assert in_chart(service) - COMMON <= read
    assert in_procfile(process_of(service)) - COMMON <= read


@pytest.mark.parametrize("service", SERVICES)
def test_what_has_no_default_is_set(service: str, tmp_path: Path) -> None:
    required = set(REQUIRED.findall(sources(service)))

    assert required <= in_chart(service)
    assert required <= in_procfile(process_of(service)) | in_run(tmp_path)


@pytest.mark.parametrize("service", [*SERVICES, "common", "cli"])
def test_every_variable_is_documented(service: str) -> None:
    documented = set(re.findall(r"`(SIPULUNG_[A-Z0-9_]+)`", (ROOT / "docs" / "operators.md").read_text()))

    assert set(NAME.findall(sources(service))) <= documented


def test_the_common_process_variables_of_both_media_nodes_are_alike() -> None:
    assert in_procfile("media-1") == in_procfile("media-2")
