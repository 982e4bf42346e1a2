"""A unit's day and week as a document."""

from __future__ import annotations

import hashlib

from services.roster.core.document import Document
from services.roster.core.office_document import office_document
from services.roster.core.office_logs import logs_of, since
from services.roster.core.office_sheet import sheet_of
from sipulung.roster.v1 import report_pb2
from tests.roster.core.office_paper import BUDI, HOUR, MET, START, WORKED, date, source, week_source


def made(given: report_pb2.OfficeSource) -> Document:
    logs = [since(log, given.dates[0].start_ms) for log in logs_of(given)]
    return office_document(given, sheet_of(given, logs), logs)


def test_a_day() -> None:
    document = made(source(as_of_ms=START + 18 * HOUR))
    both = hashlib.sha256(f"{WORKED[-1].hash.hex()} {MET[-1].hash.hex()}".encode()).hexdigest()
    assert document.facts == (
        ("Unit kerja", "Dinas"),
        ("Tanggal", "24 November 2026"),
        ("Jam kerja", "07.00–16.00 WITA, toleransi 15 menit"),
        ("Jumlah orang", "2"),
        ("Dibuat", "Selasa, 24 November 2026 pukul 18.00.00 WITA"),
        ("Catatan kehadiran", "4, utuh"),
        ("Catatan rapat yang dihitung", "4, utuh"),
        ("Kepala rantai catatan (SHA-256)", both),
    )
    (table,) = document.tables
    assert [column.title for column in table.columns][4:8] == [
        "Status",
        "Hadir pertama (WITA)",
        "Terlambat (jam:menit:detik)",
        "Selesai (WITA)",
    ]
    assert document.grid(table) == [
        [
            *["1", "'=Ani", "19870312 201001 1 001", "Dinas › Bidang", "selesai", "2026-11-24 08:00:00", "1:00:00"],
            *["2026-11-24 17:00:00", "7:30:00", "1:00:00", "1", "0:30:00", "0", ""],
        ],
        [
            *["2", "Budi", "", "", "usai rapat", "2026-11-24 09:00:00", "2:00:00"],
            *["", "1:00:00", "0:00:00", "0", "0:00:00", "1", ""],
        ],
    ]


def test_a_day_that_is_over_and_free_and_broken() -> None:
    holiday = date(holiday="Hari Raya")
    changed = [WORKED[0], WORKED[2]]
    document = made(source({"20261124": changed}, {}, "en", dates=[holiday]))
    facts = dict(document.facts)
    assert facts["Office hours"] == "Hari Raya"
    assert facts["Records of presence"] == "2, NOT INTACT: a record is missing or was changed"
    assert facts["Records of meetings counted in"] == "no records"
    (ani, budi) = document.grid(document.tables[0])
    assert (ani[4], ani[6], ani[13]) == ("done", "0:00:00", "without “Done”")
    # Nobody was missing.
    assert budi[4] == "Hari Raya"
    holiday.holiday = ""
    document = made(source({}, {}, "en", dates=[holiday]))
    assert document.grid(document.tables[0])[1][4] == "No working day"
    facts = dict(document.facts)
    assert facts["Office hours"] == "No working day"
    assert (facts["Records of presence"], facts["Head of the chain of records (SHA-256)"][:4]) == ("no records", "e3b0")


def test_nobody_said_anything() -> None:
    document = made(source({"20261124": []}, {}, people=[BUDI]))
    assert document.grid(document.tables[0])[0][4] == "tidak ada catatan"
    facts = dict(document.facts)
    assert facts["Kepala rantai catatan (SHA-256)"] == "-"


def test_a_week() -> None:
    document = made(week_source())
    assert document.facts[1:3] == (("Minggu", "24 November 2026 sampai 30 November 2026"), ("Jumlah orang", "2"))
    sums, days = document.tables
    assert [row[4:] for row in document.grid(sums)] == [
        ["1", "1", "1:00:00", "7:30:00", "1:00:00", "8:30:00", "1", "0:30:00", "0", "0"],
        ["1", "1", "2:00:00", "1:00:00", "0:00:00", "1:00:00", "0", "0:00:00", "1", "0"],
    ]
    # The days that have not come have no lines.
    assert [(row[0], row[1], row[4], row[5]) for row in document.grid(days)] == [
        ("1", "'=Ani", "2026-11-24", "selesai"),
        ("2", "'=Ani", "2026-11-25", "belum hadir"),
        ("3", "Budi", "2026-11-24", "selesai"),
        ("4", "Budi", "2026-11-25", "belum hadir"),
    ]
