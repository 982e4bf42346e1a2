"""A day at the office, played on a whole installation: what is on paper afterwards is right to the second.

The story, and what is expected of it, is in `office_day/`. The last tests change files and logs.
"""

from __future__ import annotations

import asyncio
import io
import json
import os
import zipfile
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import nats
import pytest
import pytest_asyncio
from nats.js.api import StreamConfig

from services.common import subjects
from services.common.errors import NotFound
from services.common.rpc_client import call, channel
from sipulung.roster.v1 import attendance_pb2, attendance_pb2_grpc, office_pb2
from tests.integration.office_day import expected, papers, story
from tests.integration.office_day.people import PASSWORD, PEOPLE, TENANT
from tests.integration.office_day.stage import Stage, open_stage
from tools.instance.settings import ROOT

# The loop of all these tests: somebody waits in a meeting on it meanwhile (world.py), and has to answer pings.
pytestmark = pytest.mark.asyncio(loop_scope="session")

FORMATS: Final = ("csv", "xlsx", "pdf")
_DATE: Final = "2020-03-19"


@dataclass(frozen=True)
class Day:
    """The day after it was played: the stage, and all files that anybody asked for, by what they are of and format."""

    stage: Stage
    files: Mapping[tuple[str, str], bytes]
    folder: Path

    async def rpc(self, who: str, file: bytes) -> attendance_pb2.VerifyReportResponse:
        """What roster says of a file."""
        connection = channel(f"127.0.0.1:{self.stage.instance.port('ROSTER_PORT')}")
        stub: attendance_pb2_grpc.AttendanceServiceAsyncStub = attendance_pb2_grpc.AttendanceServiceStub(connection)
        try:
            request = attendance_pb2.VerifyReportRequest(file=file)
            return await call(stub.VerifyReport, request, timeout_s=30, token=self.stage.tokens[who])
        finally:
            await connection.close()

    async def page(self, who: str, file: bytes) -> dict[str, Any]:
        """What the page /periksa is told of it."""
        status, body = await self.stage.ask("POST", "/api/v1/reports/verify", who, data=file)
        assert status == 200, body
        told: dict[str, Any] = json.loads(body)
        return told

    async def command(self, *arguments: str) -> tuple[int, str]:
        """`sipulung` as Nurhayati runs it: its exit code, and what it printed."""
        environment = os.environ | {
            "SIPULUNG_AUTH_ADDRESS": f"127.0.0.1:{self.stage.instance.port('AUTH_PORT')}",
            "SIPULUNG_ROSTER_ADDRESS": f"127.0.0.1:{self.stage.instance.port('ROSTER_PORT')}",
            "SIPULUNG_PASSWORD": PASSWORD,
            "XDG_STATE_HOME": str(self.folder / "home"),
        }
        process = await asyncio.create_subprocess_exec(
            ROOT / "bin" / "sipulung",
            *arguments,
            env=environment,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        output, _ = await asyncio.wait_for(process.communicate(), 180)
        return process.returncode or 0, output.decode()

    async def checked(self, name: str, data: bytes) -> tuple[int, str]:
        """`sipulung verify-report` of a file with these bytes."""
        file = self.folder / name
        file.write_bytes(data)
        return await self.command("verify-report", str(file))


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def day(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Day]:
    folder = tmp_path_factory.mktemp("office-day")
    async with open_stage(folder) as stage:
        await stage.play()
        files: dict[tuple[str, str], bytes] = {}
        for kind in FORMATS:
            for title in (story.APEL, story.RAPAT):
                path = f"/api/v1/meetings/{stage.meetings[title].meeting_id}/attendance.{kind}"
                files[title, kind] = await stage.file(path, "nurhayati")
            for name, who, span in (("day", "syamsul", "day"), ("week", "patarai", "week")):
                path = f"/api/v1/office/unit/file?span={span}&format={kind}&date={_DATE}"
                files[name, kind] = await stage.file(path, who)
        (folder / "home").mkdir()
        yield Day(stage, files, folder)


# Who may have which file checked.
READERS: Final = {story.APEL: "nurhayati", story.RAPAT: "nurhayati", "day": "syamsul", "week": "patarai"}
# One character of each: somebody came ten seconds earlier, was there for ten minutes longer, … In a workbook such
# values are numbers, so it is somebody's name.
CHANGES: Final = {
    story.APEL: (b"07:41:20", b"07:41:10", b"Rudi Hartono", b"Rudi Hartomo"),
    story.RAPAT: (b"0:19:20", b"0:29:20", b"Muhlis Ali", b"Muhlis Alo"),
    "day": (b"0:11:20", b"0:01:20", b"Rudi Hartono", b"Rudi Hartomo"),
    "week": (b"0:47:45", b"0:07:45", b"Fitriani", b"Fitriana"),
}


async def test_what_was_seen_while_the_day_went_on(day: Day) -> None:
    assert day.stage.attendance_seen == expected.WITHOUT_NETWORK
    assert day.stage.units_seen == expected.UNITS


@pytest.mark.parametrize(
    ("title", "rows", "facts"),
    [
        (story.APEL, expected.APEL, expected.APEL_FACTS),
        (story.RAPAT, expected.RAPAT, expected.RAPAT_FACTS),
    ],
)
async def test_attendance_of_a_meeting(day: Day, title: str, rows: papers.Rows, facts: dict[str, str]) -> None:
    csv = papers.of_csv(day.files[title, "csv"])
    assert csv.rows == rows
    assert facts.items() <= csv.facts.items()
    told, (lines,) = papers.of_xlsx(day.files[title, "xlsx"])
    assert lines == rows
    assert facts.items() <= told.items()
    pdf = day.files[title, "pdf"]
    assert papers.of_pdf(pdf) == [" ".join(" ".join(row).split()) for row in rows]
    assert papers.of_csv(papers.attachment(pdf)) == csv
    _looks_right(pdf, day.folder / f"{title}.png", [f": {value}" for value in facts.values()])


async def test_the_departments_day(day: Day) -> None:
    csv = papers.of_csv(day.files["day", "csv"])
    assert csv.rows == expected.OFFICE_DAY
    assert expected.OFFICE_DAY_FACTS.items() <= csv.facts.items()
    told, (lines,) = papers.of_xlsx(day.files["day", "xlsx"])
    assert (told, lines) == csv
    pdf = day.files["day", "pdf"]
    assert papers.of_pdf(pdf) == [papers.on_paper(row) for row in expected.OFFICE_DAY]
    assert papers.of_csv(papers.attachment(pdf)) == csv
    facts = [f": {value}" for value in expected.OFFICE_DAY_FACTS.values()]
    _looks_right(pdf, day.folder / "day.png", facts)


async def test_the_sub_districts_week(day: Day) -> None:
    csv = papers.of_csv(day.files["week", "csv"])
    assert csv.rows == expected.WEEK_DAYS
    assert expected.WEEK_FACTS.items() <= csv.facts.items()
    told, (sums, days) = papers.of_xlsx(day.files["week", "xlsx"])
    assert (sums, days) == (expected.WEEK_SUMS, expected.WEEK_DAYS)
    assert told == csv.facts
    pdf = day.files["week", "pdf"]
    printed = [" ".join("–" if cell == "0:00:00" else cell for cell in row if cell) for row in expected.WEEK_SUMS]
    assert papers.of_pdf(pdf) == printed
    assert papers.of_csv(papers.attachment(pdf)) == csv
    _looks_right(pdf, day.folder / "week.png", [f": {value}" for value in expected.WEEK_FACTS.values()])


async def test_a_head_of_unit_sees_the_unit_alone(day: Day) -> None:
    names = {user: PEOPLE[user][0] for user in PEOPLE}
    for who, seen in (("patarai", expected.SUB_DISTRICT), ("syamsul", expected.DEPARTMENT), ("nurhayati", PEOPLE)):
        told = await day.stage.json("GET", f"/api/v1/office/unit/day?date={_DATE}", who)
        assert sorted(one["name"] for one in told["people"]) == sorted(names[user] for user in seen)
    department = (await day.stage.json("GET", "/api/v1/office/unit/day", "syamsul"))["units"][0]["unit_id"]
    for path in (f"day?unit_id={department}", f"file?span=day&format=csv&unit_id={department}"):
        status, _ = await day.stage.ask("GET", f"/api/v1/office/unit/{path}", "patarai")
        assert status == 404
    for who in ("andi", "ilham"):
        assert (await day.stage.ask("GET", "/api/v1/office/unit/day", who))[0] == 404
    # Neither does the proof of a file tell the one what is the other's.
    with pytest.raises(NotFound):
        await day.rpc("patarai", day.files["day", "csv"])
    assert (await day.stage.ask("POST", "/api/v1/reports/verify", "patarai", data=day.files["day", "pdf"]))[0] == 404


async def test_files_that_nobody_touched_are_proven(day: Day) -> None:
    for (name, _), data in day.files.items():
        answer = await day.rpc(READERS[name], data)
        assert (answer.verdict, answer.seal) == (attendance_pb2.VERDICT_MATCHES, attendance_pb2.SEAL_STATE_GENUINE)
        told = await day.page(READERS[name], data)
        assert (told["verdict"], told["seal"]) == ("MATCHES", "GENUINE")
    code, output = await day.command("sign-in", f"nurhayati@{TENANT}")
    assert (code, "Hj. Nurhayati, S.E. (tenant_admin)" in output) == (0, True), output
    by_command = (
        (story.APEL, "xlsx", f"Apel pagi ({day.stage.meetings[story.APEL].meeting_id}, occurrence 1), from 20 records"),
        (story.RAPAT, "pdf", "Rapat koordinasi kecamatan"),
        ("day", "csv", f"Dinas Kominfo (office hours, {_DATE})"),
        ("week", "pdf", "Kecamatan Belopa (office hours, week from 2020-03-16)"),
    )
    printed = await asyncio.gather(
        *(day.checked(f"{name}.{kind}", day.files[name, kind]) for name, kind, _ in by_command)
    )
    for (_, _, about), (code, output) in zip(by_command, printed, strict=True):
        assert (code, output.splitlines()[0]) == (0, "It matches the log."), output
        assert about in output


async def test_one_changed_character_of_a_file_is_found(day: Day) -> None:
    for (name, kind), data in day.files.items():
        old, new, old_name, new_name = CHANGES[name]
        if kind == "csv":
            assert data.count(old) == 1
            changed = data.replace(old, new)
        elif kind == "xlsx":
            changed = _workbook_with(data, old_name, new_name)
        else:
            middle = len(data) // 2
            changed = data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1 :]
        answer = await day.rpc("nurhayati", changed)
        told = await day.page("nurhayati", changed)
        # What is embedded in a PDF may not even be readable any more.
        allowed = ("DIFFERS", "NO_REPORT") if kind == "pdf" else ("DIFFERS",)
        assert attendance_pb2.Verdict.Name(answer.verdict).removeprefix("VERDICT_") in allowed, (name, kind)
        assert told["verdict"] in allowed
        if kind == "csv":
            (one,) = answer.differences
            assert (old.decode() in one.in_log, new.decode() in one.in_file) == (True, True)
    old, new, _, _ = CHANGES["week"]
    code, output = await day.checked("week.csv", day.files["week", "csv"].replace(old, new))
    assert (code, output.splitlines()[0]) == (1, "IT DOES NOT MATCH: the file is not what the log gives.")
    assert "the file says '0:07:45', the log '0:47:45'" in output
    code, output = await day.checked("note.csv", b"no report")
    assert (code, output.splitlines()[0]) == (1, "This is no report, or its proof was cut off.")
    assert (await day.command("verify-report", str(day.folder / "absent")))[0] == 2


async def test_one_changed_byte_in_the_log_is_found(day: Day) -> None:
    """As somebody does it who may write to the store: Rudi came a moment earlier to the assembly than he did."""
    assembly = day.stage.meetings[story.APEL].meeting_id
    await _change_one_byte(
        day, subjects.ATTENDANCE_STREAM, f".{assembly}", attendance_pb2.AttendanceRecord, "Rudi Hartono"
    )
    for (name, _), data in day.files.items():
        answer = await day.rpc(READERS[name], data)
        # The other meeting's log is as it was.
        wanted = attendance_pb2.VERDICT_MATCHES if name == story.RAPAT else attendance_pb2.VERDICT_LOG_DAMAGED
        assert answer.verdict == wanted, (name, answer)
        assert list(answer.damaged_logs) == ([] if name == story.RAPAT else [assembly])
    told = await day.page("patarai", day.files["week", "xlsx"])
    assert (told["verdict"], told["damaged_logs"]) == ("LOG_DAMAGED", [assembly])
    code, output = await day.checked(f"{story.APEL}.pdf", day.files[story.APEL, "pdf"])
    assert (code, output.splitlines()[0]) == (1, "THE LOG IS DAMAGED: records are missing or were changed since.")
    assert f"damaged: meeting {assembly}" in output
    # A report that is made now says it too.
    path = f"/api/v1/meetings/{assembly}/attendance.csv"
    assert "TIDAK UTUH" in papers.of_csv(await day.stage.file(path, "nurhayati")).facts["Catatan"]


async def test_one_changed_byte_in_the_log_of_office_hours_is_found(day: Day) -> None:
    """And Fitriani came to work a moment earlier."""
    await _change_one_byte(day, subjects.OFFICE_STREAM, ".20200319", office_pb2.OfficeRecord, "pelayanan KTP")
    for kind in FORMATS:
        for name in ("day", "week"):
            answer = await day.rpc(READERS[name], day.files[name, kind])
            assert answer.verdict == attendance_pb2.VERDICT_LOG_DAMAGED
            assert "20200319" in answer.damaged_logs
        # Meetings have logs of their own.
        answer = await day.rpc("nurhayati", day.files[story.RAPAT, kind])
        assert answer.verdict == attendance_pb2.VERDICT_MATCHES
    code, output = await day.checked("week.xlsx", day.files["week", "xlsx"])
    assert (code, f"damaged: office hours of {_DATE}" in output) == (1, True), output
    path = f"/api/v1/office/unit/file?span=day&format=csv&date={_DATE}"
    assert "TIDAK UTUH" in papers.of_csv(await day.stage.file(path, "patarai")).facts["Catatan kehadiran"]


def _workbook_with(data: bytes, old: bytes, new: bytes) -> bytes:
    """The same workbook with one text for another."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as parts, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as changed:
        for name in parts.namelist():
            part = parts.read(name)
            if name == "xl/sharedStrings.xml":
                assert part.count(old) == 1
            changed.writestr(name, part.replace(old, new))
    return made.getvalue()


async def _change_one_byte(
    day: Day,
    name: str,
    subject_end: str,
    kind: type[attendance_pb2.AttendanceRecord | office_pb2.OfficeRecord],
    marked: str,
) -> None:
    """Drops the stream and writes it again, with the time of the first record that holds the mark one millisecond
    earlier."""
    token = (day.stage.instance.state / "keys" / "nats.token").read_text()
    client = await nats.connect(f"nats://{token}@127.0.0.1:{day.stage.instance.port('NATS_PORT')}")
    stream = client.jetstream()
    info = await stream.stream_info(name)
    held = [await stream.get_msg(name, number) for number in range(info.state.first_seq, info.state.last_seq + 1)]
    await stream.delete_stream(name)
    await stream.add_stream(StreamConfig(name=name, subjects=info.config.subjects, allow_direct=True))
    changed = 0
    for message in held:
        data = message.data or b""
        if not changed and str(message.subject).endswith(subject_end) and marked.encode() in data:
            record = kind.FromString(data)
            record.at_ms -= 1
            fresh = record.SerializeToString()
            changed = sum(one != other for one, other in zip(data, fresh, strict=True))
            data = fresh
        await stream.publish(str(message.subject), data)
    await client.close()
    assert changed >= 1
    assert changed <= 2


def _looks_right(pdf: bytes, file: Path, texts: list[str]) -> None:
    """As a picture: all within the margins, neither empty nor smeared; and what stands above the table can be read."""
    for number, page in enumerate(papers.pictures(pdf)):
        page.save(file.with_suffix(f".{number}.png"))
        ink = page.point(lambda grey: 255 if grey < 160 else 0)
        box = ink.getbbox()
        assert box is not None
        width, height = page.size
        # 8 mm, at 4 points to the millimetre.
        assert min(box[0], box[1], width - box[2], height - box[3]) >= 32, (file, number, box)
        share = ink.histogram()[255] / (width * height)
        assert 0.005 < share < 0.15, (file, number, share)
    shown = " ".join(papers.text_of(pdf).split())
    for text in (*texts, "PEMERINTAH KABUPATEN LUWU", "Drs. H. Syamsul Bahri, M.Si.", "Belopa, 20 Maret 2020"):
        assert text in shown, text
