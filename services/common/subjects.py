"""The subjects of NATS events, the streams that keep history, and what may stand in a subject."""

import re
from typing import Final

from services.common.ids import TenantId

ATTENDANCE_STREAM: Final = "ATTENDANCE"
AUDIT_STREAM: Final = "AUDIT"
OFFICE_STREAM: Final = "OFFICE"
ATTENDANCE_SUBJECTS: Final = "sipulung.attendance.>"
AUDIT_SUBJECTS: Final = "sipulung.audit.>"
OFFICE_SUBJECTS: Final = "sipulung.office.>"

# A dot, blank or wildcard in an id would reach other subjects: none ever has one, and this is where it shows.
_TOKEN: Final = re.compile(r"[A-Za-z0-9_-]+|\*")


def roster_event(tenant: str, meeting: str, event: str) -> str:
    """A roster event of one meeting; "*" for any tenant, meeting or event when subscribing."""
    return f"sipulung.tenant.{_token(tenant)}.meeting.{_token(meeting)}.roster.{_token(event)}"


def media_event(tenant: str, meeting: str, event: str) -> str:
    """A media node's event about one meeting; "*" for any when subscribing."""
    return f"sipulung.tenant.{_token(tenant)}.meeting.{_token(meeting)}.media.{_token(event)}"


def node_load(node: str) -> str:
    """A media node's NodeLoad; "*" for any node."""
    return f"sipulung.node.{_token(node)}.load"


def attendance(tenant: str, meeting: str) -> str:
    """Attendance records of one meeting, kept in the stream ATTENDANCE; "*" for every meeting."""
    return f"sipulung.attendance.{_token(tenant)}.{_token(meeting)}"


def office(tenant: str, day: str) -> str:
    """Office records of one tenant's local day ("20261124"), kept in the stream OFFICE; "*" for every day."""
    return f"sipulung.office.{_token(tenant)}.{_token(day)}"


def audit(tenant: str, service: str) -> str:
    """Audit records of one tenant by one service, kept in the stream AUDIT."""
    return f"sipulung.audit.{_token(tenant)}.{_token(service)}"


def audit_of(tenant: str) -> str:
    """A filter for all audit records of one tenant."""
    return f"sipulung.audit.{_token(tenant)}.>"


def tenant_of(subject: str) -> TenantId:
    """Whose records a subject of one of the streams has."""
    return TenantId(subject.split(".")[2])


def _token(text: str) -> str:
    """Raises ValueError where the text would be more or less than one token of a subject (NATS protocol)."""
    if not _TOKEN.fullmatch(text):
        raise ValueError(f"{text!r} cannot stand in a subject")
    return text
