"""The regency of the story: its frame, its units, and its 12 people, as a file for the bootstrap command."""

from __future__ import annotations

import base64
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from tests.auth.core.pictures import png

ZONE: Final = ZoneInfo("Asia/Makassar")
PASSWORD: Final = "belopa-kota-di-luwu"
TENANT: Final = "belopa"
KOMINFO: Final = "Dinas Kominfo"
IKP: Final = "Bidang IKP"
KECAMATAN: Final = "Kecamatan Belopa"
# Everybody has had their account since the new year.
HIRED_MS: Final = int(datetime(2020, 1, 1, 8, tzinfo=ZONE).timestamp() * 1000)

# user: name, NIP, role, unit from the top down
PEOPLE: Final[dict[str, tuple[str, str, str, list[str]]]] = {
    "syamsul": ("Drs. H. Syamsul Bahri, M.Si.", "196911091994031106", "head_of_unit", [KOMINFO]),
    "nurhayati": ("Hj. Nurhayati, S.E.", "197002281995032105", "tenant_admin", [KOMINFO]),
    "andi": ("Andi Tenri Abeng", "198503152010012101", "participant", [KOMINFO]),
    "baso": ("Baso Amiruddin", "199001102015031103", "participant", [KOMINFO]),
    "sitti": ("Sitti Rahmawati, S.Sos.", "199205182016042104", "head_of_unit", [KOMINFO, IKP]),
    "dewi": ("Dewi Anggraini", "199304252018012108", "participant", [KOMINFO, IKP]),
    "rudi": ("Rudi Hartono", "198812012012121107", "participant", [KOMINFO, IKP]),
    "muhlis": ("Muhlis Ali", "", "participant", [KOMINFO, IKP]),
    "patarai": ("A. Patarai, S.STP.", "198306072002121001", "head_of_unit", [KECAMATAN]),
    "yusuf": ("Yusuf Manaf", "197911112006041010", "participant", [KECAMATAN]),
    "fitri": ("Fitriani", "199508172019032011", "participant", [KECAMATAN]),
    "ilham": ("Ilham Jaya", "", "participant", [KECAMATAN]),
}

DOCUMENT: Final[dict[str, Any]] = {
    "tenants": [
        {
            "slug": TENANT,
            "name": "Kabupaten Luwu",
            "time_zone": "Asia/Makassar",
            "language": "id",
            "office_hours": "mon-thu 07:30-16:00, fri 07:30-16:30",
            "tolerance_minutes": 10,
            "holidays": [{"date": "2020-03-25", "name": "Hari Suci Nyepi"}],
            "letterhead": {
                "titles": ["PEMERINTAH KABUPATEN LUWU", "DINAS KOMUNIKASI DAN INFORMATIKA"],
                "address": "Kompleks Perkantoran Pemerintah Kabupaten Luwu, Belopa",
                "logo_png": base64.b64encode(png()).decode(),
                "place": "Belopa",
                "signer_title": "Kepala Dinas Komunikasi dan Informatika",
                "signer_name": "Drs. H. Syamsul Bahri, M.Si.",
                "signer_nip": "196911091994031106",
            },
            "units": [{"name": KOMINFO, "units": [{"name": IKP}]}, {"name": KECAMATAN}],
            "accounts": [
                {"user": user, "name": name, "nip": nip, "role": role, "unit": unit, "password": PASSWORD}
                for user, (name, nip, role, unit) in PEOPLE.items()
            ],
        }
    ]
}
