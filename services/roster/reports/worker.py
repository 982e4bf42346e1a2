"""The process that makes and reads report files, one job after the other, from standard input to standard output.

`python -m services.roster.reports.worker MEMORY_MIB`. It ends when its input ends, so also when roster was killed. It
may take so much memory and no more; whoever sends it something that takes more, or too long, loses this process and
nothing else.
"""

from __future__ import annotations

import gc
import os
import resource
import sys
import time
from collections.abc import Callable
from typing import BinaryIO, Final

from services.common.errors import DomainError
from services.roster.core.compose import MeetingLog, compose, meeting_logs, until
from services.roster.core.report_proof import (
    NoReport,
    ReadFile,
    all_deleted,
    damaged,
    judge,
    part_deleted,
    proof_of,
    seal_of,
)
from services.roster.core.report_words import words_of
from services.roster.reports.csv_file import csv_of, read_csv
from services.roster.reports.frames import framed, read_frame
from services.roster.reports.office_files import check_office, make_office
from services.roster.reports.pdf_file import pdf_of
from services.roster.reports.pdf_proof import read_pdf
from services.roster.reports.xlsx_file import read_xlsx, xlsx_of
from sipulung.roster.v1 import attendance_pb2, report_pb2

# The step, how much of it is done, and of how much.
Tick = Callable[[attendance_pb2.ExportStep.ValueType, int, int], None]
_TELL_EVERY_S: Final = 0.1


def make(job: report_pb2.MakeReport, key: bytes, tick: Tick) -> report_pb2.ReportOutcome:
    """The file, and how many occurrences are in it."""
    source, w = job.source, words_of(job.source.language)
    logs = meeting_logs(source)
    document = compose(source, logs, lambda done: tick(attendance_pb2.EXPORT_STEP_COMPOSING, done, len(logs)))
    last = document.tables[-1:]
    made = report_pb2.ReportOutcome(meetings=len(document.tables[1].rows) if source.month else 1)

    def wrote(done: int, total: int) -> None:
        tick(attendance_pb2.EXPORT_STEP_WRITING, done, total)

    if job.format == attendance_pb2.REPORT_FORMAT_XLSX:
        made.file = xlsx_of(document, proof_of(source, logs, document, document.tables, key), w, wrote)
        return made
    proof = proof_of(source, logs, document, last, key)
    csv = csv_of(document, proof, w)
    as_csv = job.format == attendance_pb2.REPORT_FORMAT_CSV
    made.file = csv if as_csv else pdf_of(document, proof, source.tenant, csv, w, key, wrote)
    return made


def read(file: bytes, key: bytes) -> ReadFile:
    """Whatever the format. Raises NoReport."""
    if file.startswith(b"%PDF"):
        return read_pdf(file, key)
    return read_xlsx(file) if file.startswith(b"PK") else read_csv(file)


def check(job: report_pb2.CheckReport, key: bytes) -> attendance_pb2.VerifyReportResponse:
    """Raises NoReport."""
    found = read(job.file, key)
    proof = found.proof
    logs = {log.meeting_id: log for log in meeting_logs(job.source)}
    then = {
        stated.meeting_id: until(logs[stated.meeting_id], stated.last)
        for stated in proof.logs
        if stated.meeting_id in logs
    }
    document = None
    if len(then) == len(proof.logs):
        ordered: list[MeetingLog] = [then[stated.meeting_id] for stated in proof.logs]
        try:
            document = compose(job.source, ordered, lambda _: None)
        except DomainError:
            # The occurrence is gone with its records.
            document = None
    broken = damaged(proof, then)
    shortened = any(log.deleted_up_to for log in then.values())
    if all_deleted(proof, then):
        return judge(found, None, broken, key, deleted=True)
    verdict = judge(found, document, broken, key, deleted=shortened)
    if part_deleted(proof, then) and (verdict.differing or broken):
        # What is left gives less than the file says, as it must.
        return judge(found, None, broken, key, deleted=True)
    return verdict


def work(job: report_pb2.ReportJob, tell: Callable[[report_pb2.ReportOutcome], None]) -> report_pb2.ReportOutcome:
    """One job's outcome; `tell` gets its progress."""
    kind = job.WhichOneof("work")
    try:
        if kind == "make":
            return make(job.make, job.seal_key, _teller(tell))
        if kind == "make_office":
            return report_pb2.ReportOutcome(file=make_office(job.make_office, job.seal_key))
        if kind == "check_office":
            found = read(job.check_office.file, job.seal_key)
            return report_pb2.ReportOutcome(verdict=check_office(found, job.check_office.source, job.seal_key))
        if kind == "read":
            found = read(job.read.file, job.seal_key)
            return report_pb2.ReportOutcome(proof=found.proof, seal=seal_of(found, job.seal_key))
        return report_pb2.ReportOutcome(verdict=check(job.check, job.seal_key))
    except NoReport:
        return report_pb2.ReportOutcome(no_report=True)
    except DomainError as error:
        # An answer for whoever asked, not a fault of ours.
        return report_pb2.ReportOutcome(error=error.to_proto())


def _teller(tell: Callable[[report_pb2.ReportOutcome], None]) -> Tick:
    told_at = time.monotonic()

    def tick(step: attendance_pb2.ExportStep.ValueType, done: int, total: int) -> None:
        nonlocal told_at
        now = time.monotonic()
        if now - told_at >= _TELL_EVERY_S:
            told_at = now
            progress = attendance_pb2.ExportProgress(step=step, done=done, total=total)
            tell(report_pb2.ReportOutcome(progress=progress))

    return tick


def serve(jobs: BinaryIO, outcomes: BinaryIO) -> None:
    """Until there are no more."""

    def tell(outcome: report_pb2.ReportOutcome) -> None:
        outcomes.write(framed(outcome.SerializeToString()))
        outcomes.flush()

    # A month has a million objects without a circle among them: looking for circles takes a fifth of the job.
    gc.disable()
    while (data := read_frame(jobs)) is not None:
        try:
            outcome = work(report_pb2.ReportJob.FromString(data), tell)
        except MemoryError:
            raise
        except Exception as error:  # The boundary of jobs: the next one gets its turn.
            outcome = report_pb2.ReportOutcome(failure=repr(error)[:2000])
        tell(outcome)
        gc.collect()


if __name__ == "__main__":
    memory = int(sys.argv[1]) * 1024**2
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    # Meetings come first where there is little CPU.
    os.nice(5)
    serve(sys.stdin.buffer, sys.stdout.buffer)
