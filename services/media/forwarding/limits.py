"""How much one node takes."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Sessions at once; `start_rate` in bit/s is what a connection is taken to carry before its first report."""

    sessions: int = 1000
    per_meeting: int = 300
    per_participant: int = 3
    preview_ms: int = 600_000
    start_rate: int = 1_500_000
