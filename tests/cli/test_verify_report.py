"""`sipulung verify-report` where no file reaches a log; tests/integration/test_office_day.py has the others."""

from __future__ import annotations

from pathlib import Path

from tests.cli.conftest import Program
from tools.instance.ports import free_port


async def test_a_file_that_cannot_be_a_report_is_not_sent(admin: Program, tmp_path: Path) -> None:
    file = tmp_path / "report.csv"
    assert "No such file" in await admin.refused("verify-report", str(file), code=2)
    assert "Is a directory" in await admin.refused("verify-report", str(tmp_path), code=2)
    file.write_bytes(b"")
    assert "must have 1 to 33554432 bytes" in await admin.refused("verify-report", str(file), code=2)
    file.write_bytes(bytes(32 * 1024 * 1024 + 1))
    assert "must have 1 to 33554432 bytes" in await admin.refused("verify-report", str(file), code=2)


async def test_who_is_not_signed_in_and_a_roster_that_is_away(program: Program, tmp_path: Path) -> None:
    file = tmp_path / "report.csv"
    file.write_bytes(b"x")
    assert "run `sipulung sign-in`" in await program.refused("verify-report", str(file))
    await program.ok("sign-in", "tenant_admin@luwu")
    program.environment["SIPULUNG_ROSTER_ADDRESS"] = f"127.0.0.1:{free_port()}"
    assert "does not answer" in await program.refused("verify-report", str(file))
    program.environment["SIPULUNG_ROSTER_ADDRESS"] = "nowhere"
    assert "SIPULUNG_ROSTER_ADDRESS" in await program.refused("verify-report", str(file), code=2)
