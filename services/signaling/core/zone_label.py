"""How people call a time zone."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo


def zone_label(zone: tzinfo, at_ms: int) -> str:
    """WITA; it may depend on the time of the year."""
    return datetime.fromtimestamp(at_ms / 1000, UTC).astimezone(zone).tzname() or str(zone)
