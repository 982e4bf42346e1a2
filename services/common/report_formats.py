"""The formats of report files. A format's name in addresses is the suffix of its files too."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, TypeAlias

from services.common.errors import InvalidField
from sipulung.roster.v1 import attendance_pb2

Format: TypeAlias = attendance_pb2.ReportFormat.ValueType


@dataclass(frozen=True, slots=True)
class FileKind:
    """How a file of that format is called and announced."""

    suffix: str
    media_type: str


_KINDS: Final[dict[Format, FileKind]] = {
    attendance_pb2.REPORT_FORMAT_CSV: FileKind("csv", "text/csv; charset=utf-8"),
    attendance_pb2.REPORT_FORMAT_XLSX: FileKind(
        "xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    ),
    attendance_pb2.REPORT_FORMAT_PDF: FileKind("pdf", "application/pdf"),
}
BY_NAME: Final[dict[str, Format]] = {kind.suffix: one for one, kind in _KINDS.items()}


def kind_of(file_format: Format) -> FileKind:
    """Raises InvalidField for one that this version does not make."""
    kind = _KINDS.get(file_format)
    if kind is None:
        raise InvalidField("format", "must be CSV, XLSX or PDF")
    return kind
