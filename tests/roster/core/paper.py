"""What the tests of reports are about: logs of some meetings, and what a report of them is made from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from services.common import record_chain as chain
from sipulung.auth.v1 import directory_pb2, tenant_pb2, unit_pb2
from sipulung.roster.v1 import attendance_pb2, report_pb2

Record = attendance_pb2.AttendanceRecord
KEY = b"0123456789abcdef0123456789abcdef"
MEETING = "8123456789"
# Thursday, 19 March 2020, 09.00.00 WITA.
NINE = 1_584_579_600_000
MINUTE = 60_000
NAMES = ("Siti Aminah, S.Kom.", '=HYPERLINK("https://jahat.example")', "Владимир Σωκράτης Đặng", "<b>Budi</b>; 名前")


def held(
    begin_ms: int = NINE, meeting_id: str = MEETING, names: Sequence[str] = NAMES, after: Record | None = None
) -> list[Record]:
    """One occurrence of an hour: everybody comes a second after the other, the first is lost after ten minutes."""
    made: list[Record] = []

    def add(kind: attendance_pb2.AttendanceKind.ValueType, at_ms: int, place: int = -1, name: str = "") -> None:
        record = Record(tenant_id="luwu", meeting_id=meeting_id, kind=kind, at_ms=at_ms)
        if place >= 0:
            record.participant_id, record.name = f"p{place}", name
            record.device = f"d{place}"
            # Every other one has an account.
            record.account_id = f"account{place}" if place % 2 == 0 else ""
        made.append(chain.sealed(record, made[-1] if made else after))

    add(attendance_pb2.ATTENDANCE_KIND_MEETING_STARTED, begin_ms)
    for place, name in enumerate(names):
        add(attendance_pb2.ATTENDANCE_KIND_JOINED, begin_ms + place * 1000, place, name)
    if names:
        add(attendance_pb2.ATTENDANCE_KIND_LOST, begin_ms + 10 * MINUTE, 0, names[0])
    add(attendance_pb2.ATTENDANCE_KIND_MEETING_ENDED, begin_ms + 60 * MINUTE)
    return made


def sealed_anew(records: Sequence[Record]) -> list[Record]:
    """The whole chain written again, as somebody would who changed a record and may write to the store."""
    made: list[Record] = []
    for record in records:
        bare = Record()
        bare.CopyFrom(record)
        made.append(chain.sealed(bare, made[-1] if made else None))
    return made


def source(
    logs: Mapping[str, Sequence[Record]] | None = None, language: str = "id", occurrence: int = 1, month: str = ""
) -> report_pb2.ReportSource:
    """For a report of them, made at noon."""
    given = {MEETING: held()} if logs is None else logs
    return report_pb2.ReportSource(
        language=language,
        time_zone="Asia/Makassar",
        as_of_ms=NINE + 180 * MINUTE,
        tenant=tenant_pb2.Tenant(
            tenant_id="luwu",
            name="Kabupaten Luwu",
            letterhead=tenant_pb2.Letterhead(
                titles=["PEMERINTAH KABUPATEN LUWU", "DINAS KOMUNIKASI DAN INFORMATIKA"],
                address="Jalan Jenderal Sudirman No. 1, Belopa",
                place="Belopa",
                signer_title="Kepala Dinas",
                signer_name="Drs. H. Andi Contoh, M.Si.",
                signer_nip="197001011990031001",
            ),
        ),
        units=[
            unit_pb2.Unit(unit_id="kominfo", name="Dinas Kominfo"),
            unit_pb2.Unit(unit_id="ikp", parent_id="kominfo", name="Bidang IKP"),
        ],
        people=[directory_pb2.Person(account_id="account0", nip="198001012005012001", unit_id="ikp")],
        logs=[
            report_pb2.MeetingLog(
                meeting_id=meeting_id,
                title="Apel pagi",
                owner_name="Andi",
                records=[record.SerializeToString() for record in records],
            )
            for meeting_id, records in given.items()
        ],
        occurrence=0 if month else occurrence,
        month=month,
        scope="tenant" if month else "",
        scope_name="seluruh instansi" if month else "",
    )
