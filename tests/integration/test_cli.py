"""The chapter "Setting up a tenant" of docs/operators.md, command by command, against a whole installation."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
from pathlib import Path

from tests.auth.core.pictures import png
from tests.support.instance import Instance

ROOT = Path(__file__).parents[2]


def commands() -> list[list[str]]:
    """Every line of the chapter that is a command."""
    text = (ROOT / "docs" / "operators.md").read_text()
    chapter = text.split("### Setting up a tenant\n")[1].split("\n### ")[0]
    return [shlex.split(line) for line in re.findall(r"^    (sipulung .*)$", chapter, re.MULTILINE)]


def test_the_chapters_commands_work(instance: Instance, tmp_path: Path) -> None:
    (tmp_path / "logo.png").write_bytes(png())
    (tmp_path / "holidays.csv").write_text("date,name\n2027-12-25,Hari Raya Natal\n")
    (tmp_path / "accounts.csv").write_text(
        "user;name;role;nip;unit\nbudi;Budi Santoso;participant;;Dinas Pariwisata > Bidang Destinasi\n"
    )
    demo = instance.demo["tenants"][0]["accounts"]
    password = next(account["password"] for account in demo if account["user"] == "admin@luwu")
    environment = os.environ | {
        "SIPULUNG_AUTH_ADDRESS": f"127.0.0.1:{instance.port('AUTH_PORT')}",
        "SIPULUNG_PASSWORD": password,
        "XDG_STATE_HOME": str(tmp_path / "state"),
    }
    found = commands()
    assert len(found) > 20
    for command in found:
        done = subprocess.run(
            [ROOT / "bin" / command[0], *command[1:]],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            timeout=180,
            check=False,
        )
        assert done.returncode == 0, (command, done.stderr)
        assert done.stdout
        assert not done.stderr
