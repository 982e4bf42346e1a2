"""What a command prints: text for people, or JSON with --json."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TextIO

from google.protobuf.json_format import MessageToDict
from google.protobuf.message import Message

from services.cli.failures import Failure


class Output:
    """Standard output, and what is told meanwhile to whoever watches the terminal."""

    def __init__(self, stream: TextIO, errors: TextIO, *, as_json: bool) -> None:
        self._stream = stream
        self._errors = errors
        self._as_json = as_json

    def progress(self, line: str) -> None:
        """In place of the line before; "" takes it away. Nothing where nobody watches, as in a file."""
        if self._errors.isatty():
            # Back to the beginning of the line, and erase it (ECMA-48: EL).
            self._errors.write(f"\r\x1b[K{line}")
            self._errors.flush()

    def show(self, value: Any, lines: Iterable[str]) -> None:
        """The value as JSON, or the lines. Raises Failure where that cannot be written."""
        with _told():
            if self._as_json:
                self._stream.write(json.dumps(value, ensure_ascii=False, indent=2) + "\n")
            else:
                self._stream.writelines(f"{printable(line)}\n" for line in lines)

    def flush(self) -> None:
        """While it can still be told that nothing more fits on the disk. Raises Failure."""
        with _told():
            self._stream.flush()


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except BrokenPipeError:
        # Whoever read it has seen enough: no failure (services/cli/__main__.py).
        raise
    except OSError as error:
        raise Failure(f"what the command did is done, but cannot be printed: {error.strerror}") from None


def as_json(message: Message) -> Any:
    """A message with the names of the proto, and fields that have no value too."""
    return MessageToDict(message, preserving_proto_field_name=True, always_print_fields_with_no_presence=True)


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """Columns under their heads."""
    widths = [max(len(line[column]) for line in [head, *rows]) for column in range(len(head))]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in [head, *rows]
    ]


def printable(text: str) -> str:
    """Without control characters: what somebody typed as a name must not steer a terminal."""
    return "".join("�" if unicodedata.category(character) == "Cc" else character for character in text)
