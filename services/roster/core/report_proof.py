"""What stands in a report's file to prove it, and the comparison of a file with what the logs give now.

The digest is SHA-256 over the proof's other fields, the facts and the tables of that file, with their headings; the
seal is an HMAC-SHA256 of the digest with a key of the instance. The digest finds what was changed by accident, the
seal what was changed on purpose, also where the log cannot tell (a NIP, a unit, a title). The log proves the rest,
whatever became of the key.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from services.roster.core.compose import MeetingLog, common_head, proofs
from services.roster.core.document import Document, Grid, Table
from services.roster.core.office_proof import body_rows, head_rows, read_office
from services.roster.core.office_proof import sound as sound_office
from sipulung.roster.v1 import attendance_pb2, report_pb2

FORMAT: Final = "sipulung-report-1"
MAX_DIFFERENCES: Final = 50
# No log has 10^12 records; sums of larger numbers would not fit into an answer.
_LOG: Final = re.compile(r"([0-9]{8}|[0-9]{10}) ([0-9]{1,12})-([0-9]{1,12}) ([0-9a-f]{64}|-)")
_HEX: Final = re.compile(r"[0-9a-f]{64}")
_SEAL: Final = re.compile(r"[0-9a-f]{8}:[0-9a-f]{64}")
_TABLES: Final = frozenset({"people", "meetings", "lines"})
_MEETING_DIGITS: Final = 10


class NoReport(Exception):
    """The file is none that was made here, or its proof was cut off."""


@dataclass(frozen=True, slots=True)
class ReadFile:
    """What was read from a file. `tables` and their `headings` by key. `whole`: the seal of all its bytes, for PDF."""

    proof: report_pb2.ReportProof
    facts: Grid
    headings: Mapping[str, Sequence[str]]
    tables: Mapping[str, Grid]
    whole: attendance_pb2.SealState.ValueType = attendance_pb2.SEAL_STATE_GENUINE


def key_of(secret: bytes) -> bytes:
    """The instance's key for seals, from the secret that its services share."""
    return hmac.digest(secret, b"sipulung report seal", "sha256")


def seal(key: bytes, digest: str) -> str:
    """Which key it was made with, and the seal."""
    return f"{hashlib.sha256(key).hexdigest()[:8]}:{hmac.digest(key, digest.encode(), 'sha256').hex()}"


def seal_state(key: bytes, digest: str, stated: str) -> attendance_pb2.SealState.ValueType:
    """UNKNOWN for one that another key made."""
    # As bytes: a file may hold anything here.
    if hmac.compare_digest(stated.encode(), seal(key, digest).encode()):
        return attendance_pb2.SEAL_STATE_GENUINE
    ours = seal(key, digest)[:8]
    return attendance_pb2.SEAL_STATE_BROKEN if stated[:8] == ours else attendance_pb2.SEAL_STATE_UNKNOWN


def proof_of(
    source: report_pb2.ReportSource, logs: Sequence[MeetingLog], document: Document, tables: Sequence[Table], key: bytes
) -> report_pb2.ReportProof:
    """The proof of a file that holds these tables of the document."""
    proof = report_pb2.ReportProof(
        meeting_id="" if source.month else logs[0].meeting_id,
        occurrence=source.occurrence,
        month=source.month,
        scope=source.scope,
        as_of_ms=source.as_of_ms,
        time_zone=source.time_zone,
        language=source.language,
        logs=proofs(logs),
        tables=[table.key for table in tables],
        tenant_id=source.tenant.tenant_id,
    )
    return sealed(proof, document, tables, key)


def sealed(
    proof: report_pb2.ReportProof, document: Document, tables: Sequence[Table], key: bytes
) -> report_pb2.ReportProof:
    """The same proof with the digest of the file and the seal on it."""
    headings = {table.key: document.headings(table) for table in tables}
    grids = {table.key: document.grid(table) for table in tables}
    proof.digest = digest_of(proof, document.facts_grid(), headings, grids)
    proof.seal = seal(key, proof.digest)
    return proof


def digest_of(
    proof: report_pb2.ReportProof, facts: Grid, headings: Mapping[str, Sequence[str]], tables: Mapping[str, Grid]
) -> str:
    """Over all but digest and seal."""
    stated = [row for row in rows_of(proof) if row[0] not in ("digest", "seal")]
    content = [stated, facts, [[key, headings.get(key, []), tables.get(key, [])] for key in proof.tables]]
    return hashlib.sha256(json.dumps(content, separators=(",", ":")).encode()).hexdigest()


def rows_of(proof: report_pb2.ReportProof) -> list[tuple[str, str]]:
    """As a file holds it: names and values."""
    office = proof.HasField("office")
    if office:
        subject = head_rows(proof.office, proof.scope)
    elif proof.month:
        subject = [("month", proof.month), ("scope", proof.scope)]
    else:
        subject = [("meeting", proof.meeting_id), ("occurrence", str(proof.occurrence))]
    records = sum(log.last - log.first + 1 for log in proof.logs if log.last)
    return [
        ("format", FORMAT),
        *subject,
        *((("tenant", proof.tenant_id),) if proof.tenant_id else ()),
        ("as_of", str(proof.as_of_ms)),
        ("zone", proof.time_zone),
        ("language", proof.language),
        ("records", str(records)),
        ("head", common_head(proof.logs) or "-"),
        *(("log", f"{log.meeting_id} {log.first}-{log.last} {log.head or '-'}") for log in proof.logs),
        *(body_rows(proof.office) if office else ()),
        ("tables", " ".join(proof.tables)),
        ("digest", proof.digest),
        ("seal", proof.seal),
    ]


def read_rows(rows: Sequence[Sequence[str]]) -> report_pb2.ReportProof:
    """The proof that these rows hold. Raises NoReport."""
    values: dict[str, str] = {}
    office: list[tuple[str, str]] = []
    proof = report_pb2.ReportProof()
    for row in rows:
        if len(row) < 2:
            continue
        name, value = row[0], row[1]
        if name == "log":
            proof.logs.append(_log(value))
        elif name in ("day", "people"):
            office.append((name, value))
        else:
            values.setdefault(name, value)
    if values.get("format") != FORMAT:
        raise NoReport("the file does not say that it is a report")
    try:
        proof.meeting_id = values.get("meeting", "")
        proof.occurrence = int(values.get("occurrence", "0"))
        proof.month, proof.scope = values.get("month", ""), values.get("scope", "")
        # Files of before this was said have none.
        proof.tenant_id = values.get("tenant", "")
        proof.as_of_ms = int(values["as_of"])
        proof.time_zone, proof.language = values["zone"], values["language"]
        proof.tables.extend(values["tables"].split())
        proof.digest, proof.seal = values["digest"], values["seal"]
        if "office" in values:
            proof.office.CopyFrom(read_office(values["office"], office))
        whole = _sound(proof)
    except (KeyError, ValueError) as error:
        raise NoReport(f"the proof is not whole: {error}") from None
    if not whole:
        raise NoReport("the proof is not whole")
    return proof


def _sound(proof: report_pb2.ReportProof) -> bool:
    logs = [log.meeting_id for log in proof.logs]
    if proof.HasField("office"):
        subject = sound_office(proof)
    elif proof.month:
        subject = bool(re.fullmatch(r"20[0-9]{2}-(0[1-9]|1[0-2])", proof.month)) and _of_meetings(proof)
    else:
        subject = logs == [proof.meeting_id] and _of_meetings(proof)
    return (
        subject
        and bool(_HEX.fullmatch(proof.digest) and _SEAL.fullmatch(proof.seal))
        and proof.language in ("id", "en")
        and 0 <= proof.as_of_ms < 4102444800000
        and bool(proof.tables)
        and len(set(proof.tables)) == len(proof.tables)
    )


def _of_meetings(proof: report_pb2.ReportProof) -> bool:
    return set(proof.tables) <= _TABLES and all(len(log.meeting_id) == _MEETING_DIGITS for log in proof.logs)


def _log(value: str) -> report_pb2.LogProof:
    found = _LOG.fullmatch(value)
    if found is None:
        raise NoReport("a line of the proof is none")
    log = report_pb2.LogProof(
        meeting_id=found[1], first=int(found[2]), last=int(found[3]), head=found[4].removeprefix("-")
    )
    if log.first > log.last or bool(log.first) != bool(log.head):
        raise NoReport("a line of the proof names no part of a log")
    return log


def damaged(proof: report_pb2.ReportProof, logs: Mapping[str, MeetingLog]) -> list[str]:
    """The meetings whose log is not what it was: a record is missing or changed, or the chain was written anew."""
    return [stated.meeting_id for stated in proof.logs if not _as_then(stated, logs.get(stated.meeting_id))]


def _as_then(stated: report_pb2.LogProof, log: MeetingLog | None) -> bool:
    if log is None or not log.intact:
        return False
    if not stated.last:
        return True
    (now,) = proofs([log])
    begins = now.first in (stated.first, log.deleted_up_to + 1)
    return begins and (now.last, now.head) == (stated.last, stated.head)


def all_deleted(proof: report_pb2.ReportProof, logs: Mapping[str, MeetingLog]) -> bool:
    """Whether retention has deleted all that a log had when the file was made from it."""
    return any(
        0 < stated.last <= logs[stated.meeting_id].deleted_up_to for stated in proof.logs if stated.meeting_id in logs
    )


def part_deleted(proof: report_pb2.ReportProof, logs: Mapping[str, MeetingLog]) -> bool:
    """Whether retention has deleted of what a month's file was made from.

    The proof of an occurrence begins with the whole log before it, of which its file says nothing.
    """
    return bool(proof.month) and any(
        0 < stated.first <= logs[stated.meeting_id].deleted_up_to for stated in proof.logs if stated.meeting_id in logs
    )


def judge(
    read: ReadFile, document: Document | None, damaged_logs: Sequence[str], key: bytes, *, deleted: bool = False
) -> attendance_pb2.VerifyReportResponse:
    """`document` is what the logs give for the same question; None where they give nothing any more.

    `deleted`: retention has deleted of them.
    """
    proof = read.proof
    answer = attendance_pb2.VerifyReportResponse(
        meeting_id=proof.meeting_id,
        occurrence=proof.occurrence,
        month=proof.month,
        title=read.facts[0][1] if read.facts and len(read.facts[0]) > 1 else "",
        as_of_ms=proof.as_of_ms,
        time_zone=proof.time_zone,
        records=sum(log.last - log.first + 1 for log in proof.logs if log.last),
        damaged_logs=damaged_logs,
    )
    if proof.HasField("office"):
        first = proof.office.dates[0].date
        answer.office_day, answer.office_week = ("", first) if proof.office.week else (first, "")
    answer.seal = seal_of(read, key)
    differences = _differences(read, document) if document is not None else []
    answer.differing = len(differences)
    answer.differences.extend(differences[:MAX_DIFFERENCES])
    if document is None and deleted:
        answer.verdict = attendance_pb2.VERDICT_LOG_DELETED
    elif damaged_logs or document is None:
        answer.verdict = attendance_pb2.VERDICT_LOG_DAMAGED
    elif differences or answer.seal == attendance_pb2.SEAL_STATE_BROKEN:
        answer.verdict = attendance_pb2.VERDICT_DIFFERS
    else:
        answer.verdict = attendance_pb2.VERDICT_MATCHES
    return answer


def seal_of(read: ReadFile, key: bytes) -> attendance_pb2.SealState.ValueType:
    """Whether the file is as we made it."""
    digest = digest_of(read.proof, read.facts, read.headings, read.tables)
    if digest != read.proof.digest:
        return attendance_pb2.SEAL_STATE_BROKEN
    states = (read.whole, seal_state(key, digest, read.proof.seal))
    for state in (attendance_pb2.SEAL_STATE_BROKEN, attendance_pb2.SEAL_STATE_UNKNOWN):
        if state in states:
            return state
    return attendance_pb2.SEAL_STATE_GENUINE


def _differences(read: ReadFile, document: Document) -> list[attendance_pb2.ReportDifference]:
    """Cells that follow from the log and are not what it gives."""
    found = []
    for table in document.tables:
        if table.key not in read.tables:
            continue
        theirs, ours = read.tables[table.key], document.grid(table)
        if len(theirs) != len(ours):
            found.append(
                attendance_pb2.ReportDifference(table=table.title, in_file=str(len(theirs)), in_log=str(len(ours)))
            )
        for number, (mine, other) in enumerate(zip(ours, theirs, strict=False), 1):
            found += [
                attendance_pb2.ReportDifference(
                    table=table.title, line=number, column=column.title, in_file=cell[:200], in_log=expected[:200]
                )
                for column, expected, cell in zip(table.columns, mine, _padded(other, len(mine)), strict=True)
                if column.from_log and cell != expected
            ]
    return found


def _padded(row: Sequence[str], length: int) -> list[str]:
    return [*row[:length], *[""] * (length - len(row))]
