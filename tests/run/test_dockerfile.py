"""The Dockerfile, read as text: no engine is needed to see that its parts fit together."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field

import pytest

from tools.instance.settings import ROOT

SERVICES = ("auth", "roster", "signaling", "media")


@dataclass
class Stage:
    name: str
    base: str
    lines: list[tuple[str, str]] = field(default_factory=list)

    def all(self, instruction: str) -> list[str]:
        return [rest for word, rest in self.lines if word == instruction]


def stages() -> dict[str, Stage]:
    text = (ROOT / "Dockerfile").read_text()
    text = re.sub(r"^#.*\n", "", text, flags=re.MULTILINE)
    text = re.sub(r"\\\n\s*", " ", text)
    found: dict[str, Stage] = {}
    current: Stage | None = None
    for line in filter(None, map(str.strip, text.splitlines())):
        word, rest = line.split(maxsplit=1)
        if word == "FROM":
            base, _, name = rest.partition(" AS ")
            current = found[name] = Stage(name, base)
        elif current is not None:
            current.lines.append((word, rest))
    return found


@pytest.mark.parametrize("service", SERVICES)
def test_each_service_is_a_target_that_is_nobody_special(service: str) -> None:
    stage = stages()[service]

    assert stage.all("USER")[-1] == "10001:10001"
    assert json.loads(stage.all("ENTRYPOINT")[-1]) == ["python", "-m", f"services.{service}"]
    assert stage.lines[-1][0] == "ENTRYPOINT"


def test_stages_build_on_earlier_ones() -> None:
    seen: set[str] = set()
    for stage in stages().values():
        assert stage.base in seen or re.fullmatch(r"\$\{[A-Z]+\}", stage.base)
        for copied in re.findall(r"--from=(\S+)", " ".join(rest for _, rest in stage.lines)):
            assert copied in seen
        seen.add(stage.name)


def test_what_is_copied_exists_and_is_not_ignored() -> None:
    ignored = [line for line in (ROOT / ".dockerignore").read_text().splitlines() if line and not line.startswith("#")]
    for stage in stages().values():
        for copy in stage.all("COPY"):
            if "--from=" in copy:
                continue
            *names, _ = copy.split()
            for name in names:
                assert (ROOT / name).exists(), name
                top = name.rstrip("/").split("/")[0]
                assert top not in ignored, name


def test_uv_is_the_one_of_the_makefile() -> None:
    pin = re.search(r"UV_PIN := (\S+)", (ROOT / "Makefile").read_text())
    assert pin is not None
    assert f"uv=={pin.group(1)}" in (ROOT / "Dockerfile").read_text()


def test_the_command_line_is_in_the_image_of_auth() -> None:
    copies = {service: stages()[service].all("COPY") for service in SERVICES}

    for copied in ("bin bin", "services/cli services/cli"):
        assert [service for service in SERVICES if copied in copies[service]] == ["auth"]
    (paths,) = (line for line in stages()["service"].all("ENV") if line.startswith("PATH="))
    assert paths.startswith("PATH=/app/bin:")


def test_only_signaling_carries_the_web_client_and_only_media_the_datapath() -> None:
    copies = {service: " ".join(stages()[service].all("COPY")) for service in SERVICES}

    assert [service for service in SERVICES if "--from=web" in copies[service]] == ["signaling"]
    assert [service for service in SERVICES if "--from=media-environment" in copies[service]] == ["media"]
