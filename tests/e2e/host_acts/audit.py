"""The audit log of the meeting: who, what, on whom and when, of every act and of nothing else."""

from __future__ import annotations

import re
import time

from tests.e2e.host_acts.room import Room
from tests.e2e.person import wait_for

# From a click to the record: a phone of a test on a busy machine is slow.
SOON_MS = 15_000


def has_every_act(room: Room) -> None:
    """In order, each within a moment of its click."""
    joined = [one for one in room.instance.attendance(room.meeting["id"])["records"] if one["kind"].endswith("_JOINED")]
    [host_id] = {one["participant_id"] for one in joined if one["name"] == room.host.name}
    wanted = [(one.action, one.concerned) for one in room.done]

    def told() -> bool:
        return len(room.instance.audited(room.meeting["id"])) > len(wanted)

    wait_for("the audit log has every act", told, 60)
    made, *records = room.instance.audited(room.meeting["id"])
    assert made.action == "meeting.create"
    assert made.actor.startswith("account:")
    found = [(one.action, _concerned(one.detail)) for one in records]
    assert found == wanted, f"done {wanted}, written down {[(one.action, one.detail) for one in records]}"
    assert {one.actor for one in records} == {f"participant:{host_id}"}
    for record, done in zip(records, room.done, strict=True):
        assert done.since_ms <= record.at_ms <= min(done.since_ms + SOON_MS, time.time_ns() // 1_000_000), record
        assert room.host.name in record.detail, record


def _concerned(detail: str) -> frozenset[str]:
    """Names before their ids: "Andi: Siti Hijau (p1), Budi (p2) → co_host"."""
    return frozenset(re.findall(r"(?:^|, )([^,()]+) \([a-z0-9]+\)", detail.partition(": ")[2]))
