"""Accounts, one by one and from a file."""

from __future__ import annotations

import csv
import io
import time
from pathlib import Path

import pytest

from services.common.errors import AccountDisabled, WrongUserOrPassword
from services.common.rpc_client import stream
from sipulung.auth.v1 import account_pb2
from sipulung.common.v1.common_pb2 import AccountRole
from tests.auth.serving import PASSWORD
from tests.cli.conftest import Program

NIP = "199205182016042004"


async def test_an_account_from_its_beginning_to_its_end(admin: Program, tmp_path: Path) -> None:
    await admin.ok("unit", "create", "Dinas Kominfo")
    made = await admin.json(
        "account", "create", "sitti", "--name", "Hj. Sitti", "--nip", NIP, "--role", "host", "--unit", "Dinas Kominfo"
    )
    assert made["account"]["role"] == "ACCOUNT_ROLE_HOST"
    await admin.auth.sign_in(NIP, made["password"])
    listed = await admin.ok("account", "list", "--unit", "dinas kominfo")
    assert [line.split() for line in listed.splitlines()] == [
        ["USER", "NAME", "NIP", "ROLE", "UNIT"],
        ["sitti", "Hj.", "Sitti", NIP, "host", "Dinas", "Kominfo"],
    ]
    await admin.ok("account", "update", "Sitti", "--role", "head_of_unit", "--unit", "none", "--nip", "")
    (account,) = await admin.json("account", "list", "--query", "SITTI")
    assert (account["role"], account["unit"], account["nip"]) == ("ACCOUNT_ROLE_HEAD_OF_UNIT", [], "")
    assert "no such accounts" in await admin.ok("account", "list", "--unit", "Dinas Kominfo")
    file = tmp_path / "password"
    file.write_text("another-long-phrase\n")
    assert "another" not in await admin.ok("account", "reset-password", "sitti", "--password-file", str(file))
    await admin.auth.sign_in("sitti@luwu", "another-long-phrase")
    printed = await admin.ok("account", "reset-password", "sitti")
    password = printed.strip().rsplit(" ", 1)[1]
    with pytest.raises(WrongUserOrPassword):
        await admin.auth.sign_in("sitti@luwu", "another-long-phrase")
    await admin.ok("account", "disable", "sitti")
    with pytest.raises(AccountDisabled):
        await admin.auth.sign_in("sitti@luwu", password)
    assert "disabled" in await admin.ok("account", "list")
    await admin.ok("account", "update", "sitti", "--enable")
    await admin.auth.sign_in("sitti@luwu", password)


async def test_a_nip_is_taken_in_groups_as_on_cards(admin: Program) -> None:
    made = await admin.json("account", "create", "sitti", "--name", "Sitti", "--nip", " 1992 0518 2016 04 2004 ")
    assert made["account"]["nip"] == NIP
    await admin.ok("account", "update", "sitti", "--nip", "")
    changed = await admin.json("account", "update", "sitti", "--nip", "19920518 201604 2 004")
    assert changed["nip"] == NIP


async def test_what_is_refused(admin: Program) -> None:
    make = ("account", "create", "baru", "--name", "Baru")
    for arguments, code, why in (
        ((*make[:2], "host", "--name", "X"), 1, "user: the user is taken"),
        ((*make[:2], "Baru!", "--name", "X"), 1, "user: must be small letters"),
        ((*make, "--nip", "1"), 1, "nip: must be 18 digits"),
        ((*make, "--unit", "Nowhere"), 1, "there is no unit 'Nowhere'"),
        ((*make, "--role", "province_operator"), 1, "nobody gives a role above their own"),
        (("account", "update", "host"), 2, "nothing to change"),
        (("account", "update", "host", "--name", ""), 2, "must not be empty"),
        (("account", "update", "hos", "--name", "X"), 1, "there is no account 'hos'"),
        (("account", "update", "", "--name", "X"), 1, "there is no account ''"),
        (("account", "disable", "tenant_admin"), 1, "nobody disables themselves"),
        (("account", "disable", "province_operator"), 1, "above the caller's"),
    ):
        assert why in await admin.refused(*arguments, code=code)


async def test_an_import_prints_passwords_that_were_made(admin: Program, tmp_path: Path) -> None:
    await admin.ok("unit", "create", "Dinas")
    await admin.ok("unit", "create", "Bidang A", "--below", "Dinas")
    file = tmp_path / "accounts.csv"
    file.write_text(
        f"user;name;role;nip;unit;password\nsatu;Satu, S.Kom.;host;1992 0518 2016 04 2004;Dinas > Bidang A;\n"
        f"dua;Dua;PARTICIPANT;;;{PASSWORD}\n;;;;;\n"
    )
    printed = await admin.ok("account", "import", str(file))
    ((user, password),) = csv.reader(io.StringIO(printed))
    assert user == "satu"
    await admin.auth.sign_in(NIP, password)
    await admin.auth.sign_in("dua@luwu")
    satu = next(one for one in await admin.json("account", "list") if one["user"] == "satu")
    assert (satu["name"], satu["unit"]) == ("Satu, S.Kom.", ["Dinas", "Bidang A"])


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
async def test_only_line_ends_part_rows(admin: Program, tmp_path: Path, ending: str) -> None:
    file = tmp_path / "accounts.csv"
    lines = ["user,name,role", "satu,Satu\u2028A,host", "dua,Dua\vB,host", "tiga,Tiga\x1cC\u0085D,host", "x,X,king", ""]
    file.write_text(ending.join(lines), newline="", encoding="utf-8")
    assert "line 5, column role" in await admin.refused("account", "import", str(file))
    file.write_text(ending.join(lines[:-2]), newline="", encoding="utf-8")
    await admin.ok("account", "import", str(file))
    names = {one["user"]: one["name"] for one in await admin.json("account", "list")}
    assert (names["satu"], names["dua"], names["tiga"]) == ("Satu A", "Dua B", "Tiga C D")


@pytest.mark.parametrize(
    ("text", "code", "why"),
    [
        ("", 2, "column user is missing; columns are user, name, role, and if you like nip"),
        ("user,name,role\n", 2, "no lines below"),
        ("user,name,role,shoe\n", 2, "line 1: there is no column 'shoe'"),
        ("user,name,user,role\n", 2, "line 1: column user is there twice"),
        ("user,name,role\na,A,host,x\n", 2, "line 2: 4 columns, but line 1 names 3"),
        ('user,name,role\n"a,A,host\n', 2, "line 2: unexpected end of data"),
        ("user,name,role\na,A,host\nb,B,king\n", 1, "line 3, column role: 'king' is none of participant, host"),
        ("user,name,role\na,A,host\n\nb,,host\n", 1, "line 4, column name: is required"),
        ("user,name,role,nip\na,A,host,12\n", 1, "line 2, column nip: must be 18 digits"),
        ("user,name,role,unit\na,A,host,Dinas\n", 1, "line 2, column unit: there is no unit 'Dinas'"),
        ("user,name,role\na,A,host\nhost,B,host\n", 1, "line 3, column user: the user is taken"),
        ("user,name,role\na,A,host\na,B,host\n", 1, "line 3, column user: the user is there twice"),
        ("user,name,role,password\na,A,host,password123\n", 1, "line 2, column password: is among the passwords"),
        ("user,name,role\na,A,province_operator\n", 1, "nobody gives a role above their own"),
        ("user,name,role\n" + "".join(f"u{n},U,host\n" for n in range(501)), 2, "at most 500 in one file"),
        ('user,name,role\n"a","A\nB",host\nc,C,king\n', 1, "line 4, column role"),
    ],
)
async def test_a_file_with_a_fault_is_taken_not_at_all(
    admin: Program, tmp_path: Path, text: str, code: int, why: str
) -> None:
    file = tmp_path / "accounts.csv"
    file.write_text(text)
    assert why in await admin.refused("account", "import", str(file), code=code)
    assert len(await admin.json("account", "list")) == 4


async def test_whoever_watches_an_import_sees_how_far_it_is(admin: Program, tmp_path: Path) -> None:
    file = tmp_path / "accounts.csv"
    file.write_text("user,name,role\n" + "".join(f"u{n},U {n},participant\n" for n in range(5)))
    admin.watched = True
    code, output, errors = await admin.run("account", "import", str(file))
    assert code == 0
    assert len(output.splitlines()) == 5
    shown = errors.split("\r\x1b[K")
    assert shown[1:6] == [f"{count} of 5 passwords are hashed" for count in range(1, 6)]
    # The line is gone in the end, also when the file is refused.
    assert shown[-1] == ""
    # What cannot be is said at once: nothing is hashed for it.
    _, _, errors = await admin.run("account", "import", str(file))
    assert errors == f"\r\x1b[Ksipulung: {file} line 2, column user: the user is taken\n"


async def test_whoever_stops_an_import_has_made_nothing(admin: Program) -> None:
    accounts = [account_pb2.NewAccount(user=f"u{n}", name="U", role=AccountRole.ACCOUNT_ROLE_HOST) for n in range(40)]
    request = account_pb2.ImportAccountsRequest(accounts=accounts)
    token = await admin.auth.token("tenant_admin@luwu")
    following = stream(admin.auth.accounts.ImportAccounts, request, token=token)
    async for step in following:
        assert step.hashed == 1
        break
    await following.aclose()
    started = time.monotonic()
    assert len(await admin.json("account", "list")) == 4
    # Nor is the rest hashed for nobody, in front of people who sign in.
    await admin.auth.sign_in("host@luwu")
    assert time.monotonic() - started < 2
    assert len(await admin.json("account", "list")) == 4


async def test_files_that_are_none(admin: Program, tmp_path: Path) -> None:
    (tmp_path / "latin.csv").write_bytes("user,name,role\na,José,host\n".encode("latin-1"))
    assert "is not UTF-8" in await admin.refused("account", "import", str(tmp_path / "latin.csv"), code=2)
    assert "cannot be read" in await admin.refused("account", "import", str(tmp_path / "none.csv"), code=2)
    (tmp_path / "large.csv").write_bytes(bytes(4 * 1024 * 1024 + 1))
    assert "at most 4 MB" in await admin.refused("account", "import", str(tmp_path / "large.csv"), code=2)
