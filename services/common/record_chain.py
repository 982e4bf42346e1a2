"""The hash chain of attendance, audit and office records: a record that is missing or was changed shows.

hash = SHA-256(previous_hash, then the record serialised without `hash`). Fields are serialised in the order of their
numbers (protobuf's deterministic mode); no record has a map, for which that order would not be fixed. Previous
of the first record is 32 zero bytes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from copy import deepcopy
from typing import TypeVar

from sipulung.roster.v1 import attendance_pb2, office_pb2

Record = attendance_pb2.AttendanceRecord | attendance_pb2.AuditRecord | office_pb2.OfficeRecord
Kind = TypeVar("Kind", bound=Record)

ROOT = bytes(32)


def sealed(entry: Kind, last: Record | None) -> Kind:
    """`entry` as the record that follows `last`: numbered, and chained to it."""
    record = deepcopy(entry)
    record.number = last.number + 1 if last is not None else 1
    record.previous_hash = last.hash if last is not None else ROOT
    record.hash = _hash(record)
    return record


def is_entry_of(entry: Record, record: Record) -> bool:
    """Whether `record` is `entry` sealed: an entry that was stored, but not yet crossed off when the process died."""
    bare = deepcopy(record)
    bare.ClearField("number")
    bare.ClearField("previous_hash")
    bare.ClearField("hash")
    return bare.SerializeToString(deterministic=True) == entry.SerializeToString(deterministic=True)


def intact(records: Sequence[Record], gone: tuple[int, bytes] | None = None) -> bool:
    """Whether the records are all there from the first on, in order, each as it was sealed.

    `gone` is the number and the hash of the last record that was deleted from the beginning on purpose, if any was.
    """
    if not records:
        return True
    # While a deletion is going on all of it may still be there, and after it a new chain may have been begun.
    begins = records[0].number == 1 or (gone is not None and (records[0].number - 1, records[0].previous_hash) == gone)
    return begins and linked(records)


def linked(records: Sequence[Record]) -> bool:
    """The same of a part of the chain: from its first record on, which is believed to follow what went before it."""
    first = records[0]
    previous, start = (ROOT, 1) if first.number == 1 else (first.previous_hash, first.number)
    for number, record in enumerate(records, start):
        if record.number != number or record.previous_hash != previous or record.hash != _hash(record):
            return False
        previous = record.hash
    return True


def _hash(record: Record) -> bytes:
    bare = type(record)()
    bare.CopyFrom(record)  # type: ignore[arg-type]  # the same type as itself
    bare.ClearField("hash")
    return hashlib.sha256(record.previous_hash + bare.SerializeToString(deterministic=True)).digest()
