"""The file for calendars of a scheduled meeting as an answer: to its host, and to whoever was invited."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from aiohttp import web

from services.common.errors import InvalidField
from services.signaling.core.calendar_file import Language, calendar_file
from services.signaling.core.client_address import Network
from services.signaling.core.language import LANGUAGES
from services.signaling.http_fields import Fields, text
from services.signaling.peer import encrypted
from sipulung.roster.v1 import meeting_pb2


def language_of(fields: Fields) -> Language:
    """Of a body's field `language`; Indonesian where it has none. Raises InvalidField."""
    language = LANGUAGES.get(text(fields, "language") or "id")
    if language is None:
        raise InvalidField("language", "must be id or en")
    return language


def calendar_response(
    request: web.Request,
    trusted_proxies: Sequence[Network],
    found: meeting_pb2.GetMeetingCalendarResponse,
    password: str,
    language: Language,
) -> web.Response:
    """`password` stands in the file unless it is "". Its link is that of the address which the page was asked at."""
    meeting_id = found.meeting.meeting_id
    scheme = "https" if encrypted(request, trusted_proxies) else "http"
    link = f"{scheme}://{request.host}/r/{meeting_id}"
    headers = {
        "Content-Disposition": f'attachment; filename="rapat-{meeting_id}.ics"',
        "X-Content-Type-Options": "nosniff",
    }
    body = calendar_file(found, link, password, language, datetime.now(UTC))
    return web.Response(body=body, content_type="text/calendar", charset="utf-8", headers=headers)
