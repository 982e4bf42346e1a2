"""The demo: two tenants with their accounts, and a meeting that anybody can try."""

from __future__ import annotations

import hashlib
import json
import ssl
import subprocess
import sys
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

from tools.instance.files import write_json, write_private
from tools.instance.secrets import readable_password

Json = dict[str, Any]
REQUEST_TIMEOUT_S = 10.0
BOOTSTRAP_TIMEOUT_S = 60.0

# slug, name, seat
TENANTS = (("luwu", "Kabupaten Luwu", "Belopa"), ("luwu-utara", "Kabupaten Luwu Utara", "Masamba"))
OFFICE = "Dinas Komunikasi dan Informatika"
SECTIONS = ("Bidang Informasi dan Komunikasi Publik", "Bidang Infrastruktur TIK")
OFFICE_HOURS = "mon-thu 07:30-16:00, fri 07:30-16:30"
TOLERANCE_MINUTES = 10
# Ramadan 1448 Hijriah: 32.5 hours a week (Perpres 21/2023), then the usual ones again.
OFFICE_CHANGES = (
    ("2027-02-08", "mon-thu 08:00-15:00, fri 08:00-15:30"),
    ("2027-03-10", OFFICE_HOURS),
)
HOLIDAYS = (
    ("2026-12-25", "Hari Raya Natal"),
    ("2027-01-01", "Tahun Baru Masehi"),
    ("2027-05-01", "Hari Buruh Internasional"),
    ("2027-06-01", "Hari Lahir Pancasila"),
    ("2027-08-17", "Hari Proklamasi Kemerdekaan Republik Indonesia"),
    ("2027-12-25", "Hari Raya Natal"),
)
# user, name by tenant, NIP (the number of a civil servant: born, appointed, sex, serial), role, unit
PEOPLE = (
    (
        "host",
        ("Andi Tenri Abeng", "Muhammad Arsyad"),
        ("198503152010012001", "198107202006041002"),
        "host",
        SECTIONS[0],
    ),
    (
        "peserta",
        ("Baso Amiruddin", "Sitti Rahmawati"),
        ("199001102015031003", "199205182016042004"),
        "participant",
        SECTIONS[1],
    ),
    (
        "kepala",
        ("Hj. Nurhayati", "Drs. Syamsul Bahri"),
        ("197002281995032005", "196911091994031006"),
        "head_of_unit",
        "",
    ),
    ("admin", ("Rudi Hartono", "Dewi Anggraini"), ("198812012012121007", "199304252018012008"), "tenant_admin", ""),
)
TITLE = "Rapat percobaan"


class DemoError(Exception):
    """The demo could not be set up; the message says what was refused."""


def demo_tenants(file: Path) -> list[Json]:
    """The tenants and accounts for `services.auth.bootstrap`, with passwords made once per installation."""
    if not file.exists():
        tenants = [
            {
                "slug": slug,
                "name": name,
                "time_zone": "Asia/Makassar",
                "language": "id",
                "office_hours": OFFICE_HOURS,
                "tolerance_minutes": TOLERANCE_MINUTES,
                "office_changes": [
                    {"from": since, "office_hours": hours, "tolerance_minutes": TOLERANCE_MINUTES}
                    for since, hours in OFFICE_CHANGES
                ],
                "holidays": [{"date": date, "name": holiday} for date, holiday in HOLIDAYS],
                "letterhead": _letterhead(index),
                "units": [{"name": OFFICE, "units": [{"name": section} for section in SECTIONS]}],
                "accounts": [
                    {
                        "user": user,
                        "name": names[index],
                        "nip": numbers[index],
                        "role": role,
                        "unit": [OFFICE, section] if section else [OFFICE],
                        "password": readable_password(),
                    }
                    for user, names, numbers, role, section in PEOPLE
                ],
            }
            for index, (slug, name, _) in enumerate(TENANTS)
        ]
        write_json(file, {"tenants": tenants})
    return cast("list[Json]", json.loads(file.read_text())["tenants"])


def _letterhead(index: int) -> Json:
    """That of the office, which its head signs."""
    _, name, seat = TENANTS[index]
    _, names, numbers, _, _ = next(person for person in PEOPLE if person[0] == "kepala")
    return {
        "titles": [f"PEMERINTAH {name.upper()}", OFFICE.upper()],
        "address": f"Kompleks Perkantoran Pemerintah {name}, {seat}",
        "place": seat,
        "signer_title": f"Kepala {OFFICE}",
        "signer_name": names[index],
        "signer_nip": numbers[index],
    }


def create_tenants(file: Path, store: Path, environment: Mapping[str, str]) -> None:
    """Have auth create what `file` lists, unless that was done before. Raises DemoError.

    The mark that it was done lies in the folder of the store, so that it is lost together with the store.
    """
    mark = store / "demo.bootstrapped"
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    if mark.exists() and mark.read_text() == digest:
        return
    command = [sys.executable, "-m", "services.auth.bootstrap", "--file", str(file)]
    try:
        done = subprocess.run(
            command, env=dict(environment), capture_output=True, text=True, timeout=BOOTSTRAP_TIMEOUT_S, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise DemoError(f"The demo accounts were not created within {BOOTSTRAP_TIMEOUT_S:.0f} s.") from error
    if done.returncode != 0:
        raise DemoError(f"The demo accounts could not be created:\n{done.stdout}{done.stderr}")
    write_private(mark, digest)


class Client:
    """The JSON API of signaling, as much of it as the demo needs."""

    def __init__(self, url: str, authority: Path | None) -> None:
        self._url = url
        context = ssl.create_default_context(cafile=str(authority)) if authority else None
        handlers: list[urllib.request.BaseHandler] = [urllib.request.ProxyHandler({})]
        if context is not None:
            handlers.append(urllib.request.HTTPSHandler(context=context))
        self._opener = urllib.request.build_opener(*handlers)

    def page(self) -> int:
        """Fetch the first page; returns the HTTP status. Raises OSError while nothing answers."""
        with self._opener.open(self._url + "/", timeout=REQUEST_TIMEOUT_S) as response:
            return int(response.status)

    def call(self, method: str, path: str, body: Json | None = None, token: str = "") -> Json:
        """One request. Raises DemoError with the answer when it is refused."""
        request = urllib.request.Request(self._url + path, method=method)  # noqa: S310 (the URL is ours)
        request.add_header("Origin", self._url)
        if token:
            request.add_header("Authorization", f"Bearer {token}")
        if body is not None:
            request.add_header("Content-Type", "application/json")
            request.data = json.dumps(body).encode()
        try:
            with self._opener.open(request, timeout=REQUEST_TIMEOUT_S) as response:
                return cast("Json", json.loads(response.read()))
        except urllib.error.HTTPError as error:
            answer = error.read(4096).decode("utf-8", "replace")
            raise DemoError(f"{method} {path} was refused with {error.code}: {answer}") from error
        except OSError as error:
            raise DemoError(f"{method} {path} failed: {error}") from error


def demo_meeting(client: Client, tenants: list[Json], file: Path) -> Json:
    """The demo meeting {id, password}: that in `file` if it can still be joined, else a new one. Raises DemoError."""
    if file.exists():
        kept = cast("Json", json.loads(file.read_text()))
        if _can_join(client, kept):
            return kept
    tenant = tenants[0]
    host = next(account for account in tenant["accounts"] if account["role"] == "host")
    signed_in = client.call(
        "POST", "/api/v1/sign-in", {"user": f"{host['user']}@{tenant['slug']}", "password": host["password"]}
    )
    created = client.call("POST", "/api/v1/meetings", {"title": TITLE}, signed_in["access_token"])
    meeting = {"id": created["meeting"]["meeting_id"], "password": created["password"]}
    write_json(file, meeting)
    return meeting


def _can_join(client: Client, meeting: Json) -> bool:
    """Ask as a guest would: this also finds out that the password was changed. A join token alone is no presence."""
    body = {"meeting_id": meeting["id"], "password": meeting["password"], "name": "make run", "device": "DEVICE_PC"}
    try:
        client.call("POST", "/api/v1/join", body)
    except DemoError as error:
        return '"MEETING_FULL"' in str(error)
    return True


def demo_document(url: str, meeting: Json, tenants: list[Json]) -> Json:
    """What demo.json holds: enough to try everything by hand or by a test."""
    return {
        "url": url,
        "meeting": meeting,
        "tenants": [
            {
                "name": tenant["name"],
                "accounts": [
                    {
                        "user": f"{account['user']}@{tenant['slug']}",
                        "password": account["password"],
                        "role": account["role"],
                    }
                    for account in tenant["accounts"]
                ],
            }
            for tenant in tenants
        ],
    }


def invitation(url: str, meeting: Json) -> str:
    """The link that fills in ID and password; the password stands in the fragment, which no server sees."""
    return f"{url}/r/{meeting['id']}#{urllib.parse.quote(meeting['password'], safe='')}"


def spaced(meeting_id: str) -> str:
    """A meeting's ID as people write it: 812 345 6789."""
    return f"{meeting_id[:3]} {meeting_id[3:6]} {meeting_id[6:]}"
