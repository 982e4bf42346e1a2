"""How one tenant tries to reach another through each HTTP route and each message of the WebSocket."""

from tests.integration.client_cases import attendance, frame, meetings, messages, office, pages, personal, sessions
from tests.integration.client_cases.registry import MESSAGES, ROUTES

__all__ = [
    "MESSAGES",
    "ROUTES",
    "attendance",
    "frame",
    "meetings",
    "messages",
    "office",
    "pages",
    "personal",
    "sessions",
]
