"""What a file says of each log that it was made from."""

from __future__ import annotations

from collections.abc import Sequence

from services.common import record_chain as chain
from sipulung.roster.v1 import report_pb2


def log_proof(name: str, records: Sequence[chain.Record]) -> report_pb2.LogProof:
    """`name` is a meeting's id, or a day of office hours ("20261124"). A log without records has no head."""
    if not records:
        return report_pb2.LogProof(meeting_id=name)
    first, last = records[0], records[-1]
    return report_pb2.LogProof(meeting_id=name, first=first.number, last=last.number, head=last.hash.hex())
