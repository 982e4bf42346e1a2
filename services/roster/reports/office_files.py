"""Files of office hours: made from the logs, and checked against them."""

from __future__ import annotations

from services.roster.core.office_document import office_document
from services.roster.core.office_logs import as_stated, logs_of, since
from services.roster.core.office_proof import office_proof
from services.roster.core.office_sheet import sheet_of
from services.roster.core.report_proof import ReadFile, judge, sealed
from services.roster.core.report_words import words_of
from services.roster.reports.csv_file import csv_of
from services.roster.reports.office_pdf import office_pdf
from services.roster.reports.xlsx_file import xlsx_of
from sipulung.roster.v1 import attendance_pb2, report_pb2


def make_office(job: report_pb2.MakeOffice, key: bytes) -> bytes:
    """The whole file, in the format that is asked for."""
    source, w = job.source, words_of(job.source.language)
    logs = [since(log, source.dates[0].start_ms) for log in logs_of(source)]
    sheet = sheet_of(source, logs)
    document = office_document(source, sheet, logs)
    tables = document.tables if job.format == attendance_pb2.REPORT_FORMAT_XLSX else document.tables[-1:]
    proof = sealed(office_proof(source, sheet, logs, tables), document, tables, key)
    if job.format == attendance_pb2.REPORT_FORMAT_XLSX:
        return xlsx_of(document, proof, w)
    csv = csv_of(document, proof, w)
    return csv if job.format == attendance_pb2.REPORT_FORMAT_CSV else office_pdf(document, source, csv, key)


def check_office(found: ReadFile, source: report_pb2.OfficeSource, key: bytes) -> attendance_pb2.VerifyReportResponse:
    """The verdict. `source` has the dates and people of the file's proof, and the logs as they are now."""
    held = {log.name: log for log in logs_of(source)}
    damaged, then, deleted = [], [], False
    for stated in found.proof.logs:
        log = held.get(stated.meeting_id)
        part = log.part(stated.first, stated.last) if log is not None else None
        if part is None or not as_stated(stated, part):
            damaged.append(stated.meeting_id)
        if part is not None:
            then.append(part)
            # All that is left of the log may look whole; what the lines were made from went when its time was over.
            deleted = deleted or 0 < stated.first <= part.deleted_up_to
    document = None if deleted else office_document(source, sheet_of(source, then, everybody=True), then)
    return judge(found, document, damaged, key, deleted=deleted)
