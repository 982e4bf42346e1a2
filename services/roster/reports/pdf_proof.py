"""What proves a PDF: the CSV file of the same report is embedded in it, and its last line seals all bytes before.

So what is printed cannot be changed without notice, and what is in it can be read again without taking the pages apart.
"""

from __future__ import annotations

import hashlib
import zlib
from dataclasses import replace
from typing import Any, Final

from reportlab.pdfbase.pdfdoc import PDFArray, PDFDictionary, PDFName, PDFStream, PDFString

from services.roster.core.report_proof import NoReport, ReadFile, seal, seal_state
from services.roster.reports.csv_file import read_csv

_BEGIN: Final = b"%sipulung-csv "
_SEAL: Final = b"%sipulung-seal "
_LARGEST_CSV: Final = 96 * 1024 * 1024


class Attachment:
    """A report's CSV file on its way into the PDF of the same report."""

    def __init__(self, csv: bytes, name: str) -> None:
        self._packed = zlib.compress(csv)
        self._name = name

    def embed(self, canvas: Any) -> None:
        """ISO 32000-1, section 7.11.4: a file within the file, which readers list as an attachment."""
        inner = canvas._doc  # noqa: SLF001 - the canvas has no other way to a document's attachments
        kind = PDFDictionary({"Type": PDFName("EmbeddedFile"), "Filter": PDFName("FlateDecode")})
        stream = PDFStream(kind, self._packed)
        name = PDFString(self._name)
        spec = PDFDictionary({"Type": PDFName("Filespec"), "F": name, "UF": name})
        spec["EF"] = PDFDictionary({"F": inner.Reference(stream)})
        files = PDFDictionary({"Names": PDFArray([name, inner.Reference(spec)])})
        inner.Catalog.Names = PDFDictionary({"EmbeddedFiles": files})

    def sealed(self, pdf: bytes, key: bytes) -> bytes:
        """The whole file: behind the document, as comments, where the embedded one lies, and the seal."""
        data = pdf + b"\n" + _BEGIN + f"{pdf.index(self._packed)} {len(self._packed)}".encode() + b"\n"
        return data + _SEAL + seal(key, _digest(data)).encode() + b"\n"


def read_pdf(data: bytes, key: bytes) -> ReadFile:
    """From the embedded file, with the state of the seal over all bytes. Raises NoReport."""
    body, found, stated = data.rpartition(_SEAL)
    begin = body.rfind(_BEGIN)
    if not found or begin < 0:
        raise NoReport("the PDF holds no proof, or was saved anew by another program")
    try:
        start, length = (int(part) for part in body[begin + len(_BEGIN) :].split(b"\n", 1)[0].split())
        unpack = zlib.decompressobj()
        csv = unpack.decompress(body[start : start + length], _LARGEST_CSV)
    except (ValueError, zlib.error):
        raise NoReport("the file embedded in the PDF cannot be read") from None
    state = seal_state(key, _digest(body), stated.decode("latin-1").strip())
    return replace(read_csv(csv), whole=state)


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
