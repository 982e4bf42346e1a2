"""Files of reports as they are handed out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

from services.common.errors import InvalidField
from sipulung.roster.v1 import attendance_pb2

Format: TypeAlias = attendance_pb2.ReportFormat.ValueType
_KINDS: Final[Mapping[Format, tuple[str, str]]] = {
    attendance_pb2.REPORT_FORMAT_CSV: ("csv", "text/csv; charset=utf-8"),
    attendance_pb2.REPORT_FORMAT_XLSX: ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    attendance_pb2.REPORT_FORMAT_PDF: ("pdf", "application/pdf"),
}


@dataclass(frozen=True, slots=True)
class File:
    name: str
    media_type: str
    data: bytes


def kind_of(file_format: Format) -> tuple[str, str]:
    """How a file's name ends, and its media type. Raises InvalidField."""
    if file_format not in _KINDS:
        raise InvalidField("format", "must be CSV, XLSX or PDF")
    return _KINDS[file_format]
