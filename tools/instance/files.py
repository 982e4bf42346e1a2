"""Files of an installation: written whole or not at all, readable by their owner only."""

from __future__ import annotations

import json
import os
from pathlib import Path


def write_private(path: Path, text: str) -> None:
    """Write `text` so that a reader sees the old file or the new one, never a part (mode 0600)."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)


def write_json(path: Path, value: object) -> None:
    """Write a JSON document as `write_private` does."""
    write_private(path, json.dumps(value, indent=2, ensure_ascii=False) + "\n")
