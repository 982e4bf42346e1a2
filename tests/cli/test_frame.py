"""Tenant, holidays and units."""

from __future__ import annotations

import base64
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from tests.auth.core.pictures import png
from tests.cli.conftest import Program


async def test_a_tenant_is_set_part_by_part(admin: Program, tmp_path: Path) -> None:
    logo = tmp_path / "logo.png"
    logo.write_bytes(png())
    shown = await admin.ok("tenant", "show")
    assert "mon-fri 07:30-16:00" in shown
    # First: its new hours hold from its today on, and may be another day's in another zone.
    await admin.ok("tenant", "set", "--name", "Luwu", "--zone", "Asia/Jakarta", "--language", "en")
    await admin.ok("tenant", "set", "--hours", "sen-kam 07.30-16.00, jum 07.30-16.30", "--tolerance", "10")
    await admin.ok("tenant", "set", "--title", "PEMERINTAH", "--title", "DINAS", "--logo", str(logo))
    await admin.ok("tenant", "set", "--place", "Belopa", "--signer-name", "Hj. Nurhayati", "--signer-title", "Kepala")
    await admin.ok("tenant", "set", "--retention", "365", "--purpose", "Disiplin")
    assert "the default of the instance" in await admin.ok("tenant", "set", "--audit-retention", "0")
    await admin.ok("tenant", "set", "--audit-retention", "400")
    tenant = await admin.json("tenant", "show")
    assert tenant["letterhead"]["titles"] == ["PEMERINTAH", "DINAS"]
    assert base64.b64decode(tenant["letterhead"]["logo_png"]) == png()
    assert (tenant["letterhead"]["place"], tenant["letterhead"]["signer_name"]) == ("Belopa", "Hj. Nurhayati")
    assert (tenant["name"], tenant["time_zone"], tenant["language"]) == ("Luwu", "Asia/Jakarta", "en")
    assert tenant["retention"] == {"attendance_days": 365, "audit_days": 400, "purpose": "Disiplin"}
    shown = await admin.ok("tenant", "show")
    for text in (
        "mon-thu 07:30-16:00, fri 07:30-16:30",
        "10 minutes",
        "DINAS",
        "Kepala, Hj. Nurhayati",
        "365 days",
        "400 days",
    ):
        assert text in shown
    taken = await admin.json("tenant", "set", "--logo", "", "--title", "", "--place", "", "--hours", "none")
    assert taken["letterhead"]["logo_png"] == ""
    (change,) = taken["office_hours"]["changes"]
    assert (taken["letterhead"]["titles"], change["days"], change["tolerance_minutes"]) == ([], [], 10)


def today() -> str:
    return datetime.now(ZoneInfo("Asia/Makassar")).date().isoformat()


async def test_office_hours_hold_from_a_day_on(admin: Program) -> None:
    usual, ramadan = "mon-thu 07:30-16:00, fri 07:30-16:30", "mon-thu 08:00-15:00, fri 08:00-15:30"
    await admin.ok("tenant", "holidays", "add", "2098-08-17", "Proklamasi")
    assert "Counted anew" not in await admin.ok("tenant", "set", "--hours", usual)
    hours = (await admin.json("tenant", "show"))["office_hours"]
    # The days that are over have what held on them.
    assert (len(hours["days"]), [change["from_date"] for change in hours["changes"]]) == (5, [today()])
    shown = await admin.ok("tenant", "set", "--hours", ramadan, "--from", "2098-10-20", "--until", "2098-11-18")
    assert shown.splitlines()[4:8] == [
        f"Office hours     {usual}",
        "Tolerance        0 minutes",
        "Hours by date    before: mon-fri 07:30-16:00; tolerance 0 minutes",
        f"                 from {today()}: {usual}; tolerance 0 minutes",
    ]
    assert f"                 from 2098-10-20: {ramadan}; tolerance 0 minutes\n" in shown
    assert f"                 from 2098-11-19: {usual}; tolerance 0 minutes\n" in shown
    assert "No longer" not in shown
    # It begins a day later; what is not named stays as it was on the first day.
    shown = await admin.ok(
        *("tenant", "set", "--remove-change", "2098-10-20"),
        *("--hours", ramadan, "--from", "2098-10-21", "--until", "2098-11-18", "--tolerance", "5"),
    )
    assert f"from 2098-10-21: {ramadan}; tolerance 5 minutes" in shown
    assert f"No longer        from 2098-10-20: {ramadan}; tolerance 0 minutes" in shown
    await admin.ok("tenant", "set", "--tolerance", "7", "--from", "2098-10-30", "--until", "2098-10-30")
    # Holidays are changed without the changes of hours.
    await admin.ok("tenant", "holidays", "add", "2098-12-25", "Natal")
    hours = (await admin.json("tenant", "show"))["office_hours"]
    assert [(one["from_date"], one["tolerance_minutes"]) for one in hours["changes"]] == [
        (today(), 0),
        ("2098-10-21", 5),
        ("2098-10-30", 7),
        ("2098-10-31", 5),
        ("2098-11-19", 0),
    ]
    assert len(hours["holidays"]) == 2
    # For good, and what held from the beginning was wrong.
    shown = await admin.ok("tenant", "set", "--office-hours", usual, "--tolerance", "15")
    assert "No longer        from 2098-10-21" in shown
    shown = await admin.ok("tenant", "set", "--hours", "mon-fri 08:00-16:00", "--from", "beginning")
    assert "Counted anew     until 20" in shown
    past = ("--from", "2026-02-02", "--until", "2026-02-06")
    assert "Counted anew     2026-02-02 to 2026-02-06\n" in await admin.ok("tenant", "set", "--tolerance", "3", *past)
    assert "Counted anew" in await admin.ok("tenant", "set", "--remove-change", "2026-02-02")
    hours = (await admin.json("tenant", "show"))["office_hours"]
    assert ({one["from_minute"] for one in hours["days"]}, hours["tolerance_minutes"]) == ({480}, 0)
    assert [(one["from_date"], one["tolerance_minutes"]) for one in hours["changes"]] == [(today(), 15)]
    shown = await admin.ok("tenant", "set", "--remove-change", today())
    assert "Hours by date" not in shown
    assert "mon-fri 08:00-16:00" in shown
    for arguments, code, why in (
        (("--from", "2098-10-20"), 2, "--from: says when --hours or --tolerance hold; name one of them too"),
        (("--until", "2098-10-20"), 2, "--until: says when --hours or --tolerance hold; name one of them too"),
        (("--tolerance", "5", "--from", "20-10-2098"), 2, "--from: '20-10-2098' is no day of the calendar"),
        (("--tolerance", "5", "--from", "2019-12-31"), 2, "--from: must lie between 2020-01-01 and 2099-12-31"),
        (("--tolerance", "5", "--until", "2100-01-01"), 2, "--until: must lie between 2020-01-01 and 2099-12-31"),
        (("--tolerance", "5", "--from", "2098-02-02", "--until", "2098-02-01"), 2, "before the first day, 2098-02-02"),
        (("--tolerance", "5", "--from", "beginning", "--until", "2098-02-01"), 2, "--until: what holds from the"),
        (("--remove-change", "2098-02-01"), 1, "begins on '2098-02-01': there is none"),
    ):
        assert why in await admin.refused("tenant", "set", *arguments, code=code)
    await admin.ok("tenant", "set", "--tolerance", "5", "--from", "2098-02-02")
    why = await admin.refused("tenant", "set", "--remove-change", "2098-02-01")
    assert why.endswith("begins on '2098-02-01': there are 2098-02-02")


async def test_what_makes_no_sense_is_said_in_a_line(admin: Program, tmp_path: Path) -> None:
    large, wrong = tmp_path / "large.png", tmp_path / "wrong.png"
    large.write_bytes(bytes(65537))
    wrong.write_bytes(b"GIF89a")
    for arguments, code, why in (
        (("--hours", "mon 16:00-07:30"), 2, "--hours: 'mon 16:00-07:30': the end must lie after the beginning"),
        (("--tolerance", "241"), 2, "from 0 to 240"),
        (("--tolerance", "-1"), 2, "from 0 to 240"),
        (("--retention", "3651"), 2, "from 0 to 3650"),
        (("--audit-retention", "-1"), 2, "from 0 to 3650"),
        (("--audit-retention", "29"), 1, "retention.audit_days: must be from 30 to 3650 days, or 0"),
        (("--name", ""), 2, "--name: must not be empty"),
        (("--zone", "Mars/Olympus"), 1, "time_zone: must be an IANA time zone"),
        (("--logo", str(large)), 2, "at most 64 KiB"),
        (("--logo", str(tmp_path / "none.png")), 2, "cannot be read"),
        (("--logo", str(wrong)), 1, "letterhead.logo_png: must be a PNG picture"),
        (("--signer-nip", "12"), 1, "letterhead.signer_nip: must be 18 digits"),
        (("--title", "a", "--title", "b", "--title", "c", "--title", "d"), 1, "at most 3 entries"),
    ):
        assert why in await admin.refused("tenant", "set", *arguments, code=code)
    assert (await admin.json("tenant", "show"))["revision"] == "1"


async def test_holidays(admin: Program, tmp_path: Path) -> None:
    assert "no holidays" in await admin.ok("tenant", "holidays", "list")
    await admin.ok("tenant", "holidays", "add", "2027-08-17", "Proklamasi")
    file = tmp_path / "holidays.csv"
    file.write_text("\ufeffdate;name\n2027-12-25;Hari Raya Natal\n\n2027-08-17; Hari  Proklamasi \n")
    assert await admin.json("tenant", "holidays", "import", str(file)) == [
        {"date": "2027-08-17", "name": "Hari Proklamasi"},
        {"date": "2027-12-25", "name": "Hari Raya Natal"},
    ]
    for text, why in (
        ("date,name\n2027-01-01,Tahun Baru\n2027-02-30,x\n", "line 3, column date: '2027-02-30' is no day"),
        ("date,name\n2027-01-01,Tahun Baru\n2027-01-01,x\n", "line 3, column date: 2027-01-01 is there twice"),
        ("date,name\n20270101,Tahun Baru\n", "line 2, column date"),
        ("date,name\n2027-01-01,\n", "line 2, column name: the name is required"),
    ):
        file.write_text(text)
        assert why in await admin.refused("tenant", "holidays", "import", str(file))
    assert "no day of the calendar" in await admin.refused("tenant", "holidays", "add", "tomorrow", "x", code=2)
    assert "no holiday" in await admin.refused("tenant", "holidays", "remove", "2027-01-01")
    assert "2027-08-17" not in await admin.ok("tenant", "holidays", "remove", "2027-08-17")
    assert len(await admin.json("tenant", "holidays", "list")) == 1
    # Office hours are not lost by it.
    assert "mon-fri 07:30-16:00" in await admin.ok("tenant", "show")


async def test_units(admin: Program) -> None:
    assert "no units yet" in await admin.ok("unit", "list")
    await admin.ok("unit", "create", "Dinas Kominfo")
    await admin.ok("unit", "create", "Dinas Pariwisata")
    await admin.ok("unit", "create", "Bidang Umum", "--below", "dinas kominfo")
    await admin.ok("unit", "create", "Bidang Umum", "--below", "Dinas Pariwisata")
    assert await admin.ok("unit", "list") == "Dinas Kominfo\n  Bidang Umum\nDinas Pariwisata\n  Bidang Umum\n"
    why = await admin.refused("unit", "rename", "Bidang Umum", "Bidang IKP")
    assert why == ("there are several units 'Bidang Umum': Dinas Kominfo > Bidang Umum; Dinas Pariwisata > Bidang Umum")
    await admin.ok("unit", "rename", "Dinas Kominfo > Bidang Umum", "Bidang IKP")
    await admin.ok("unit", "move", "bidang ikp", "--below", "Dinas Pariwisata›Bidang Umum")
    assert await admin.ok("unit", "list") == "Dinas Kominfo\nDinas Pariwisata\n  Bidang Umum\n    Bidang IKP\n"
    assert "no unit 'Bidang Lain'" in await admin.refused("unit", "delete", "Bidang Lain")
    assert "1 unit below it" in await admin.refused("unit", "delete", "Bidang Umum")
    assert "below it" in await admin.refused("unit", "move", "Bidang Umum", "--below", "Bidang IKP")
    assert "has this name" in await admin.refused("unit", "create", "DINAS KOMINFO")
    await admin.ok("unit", "move", "Bidang IKP", "--top")
    await admin.ok("unit", "delete", "Bidang Umum")
    assert [unit["name"] for unit in await admin.json("unit", "list")] == [
        "Bidang IKP",
        "Dinas Kominfo",
        "Dinas Pariwisata",
    ]


async def test_only_administrators(program: Program) -> None:
    await program.ok("sign-in", "host@luwu")
    for arguments in (("unit", "create", "X"), ("account", "list"), ("tenant", "set", "--name", "X")):
        assert await program.refused(*arguments) == "your account may not do this"
    await program.ok("unit", "list")


async def test_names_do_not_steer_a_terminal(admin: Program) -> None:
    assert "not allowed" in await admin.refused("unit", "create", "\x1b[2J")
    assert "\x1b" not in await admin.refused("unit", "delete", "\x1b[2J")


async def test_a_unit_is_made_below_another_or_not_at_all(admin: Program) -> None:
    await admin.ok("unit", "create", "Dinas")
    for below, why in (("", "there is no unit ''"), ("none", "there is no unit 'none'"), ("Bagian", "'Bagian'")):
        assert why in await admin.refused("unit", "create", "Bidang", "--below", below)
    await admin.ok("unit", "create", "Bidang", "--below", "Dinas")
    assert (await admin.ok("unit", "list")).splitlines() == ["Dinas", "  Bidang"]
