"""What the web client's pages are, and what they may load."""

from __future__ import annotations

import base64
import re
from hashlib import sha256
from typing import Final

# The pages of accounts are listed in web/src/ui/account/pages.ts.
_ROUTES: Final = re.compile(r"/|/r/[0-9]{10}/?|/masuk/?|/(?:host|kantor|saya|admin|periksa)(?:/[A-Za-z0-9/_-]*)?")
# The build puts a hash of the content into these names, so they never change.
_HASHED: Final = re.compile(r"/assets/.+[-.][A-Za-z0-9_-]{8,}\.[a-z0-9]+")
_INLINE: Final = re.compile(r"<(script|style)((?:\s[^>]*)?)>(.*?)</\1\s*>", re.DOTALL | re.IGNORECASE)


def is_route(path: str) -> bool:
    """Whether the client shows a page for that path."""
    return _ROUTES.fullmatch(path) is not None


def is_immutable(path: str) -> bool:
    """Whether a file under that path keeps its content for ever."""
    return _HASHED.fullmatch(path) is not None


def content_security_policy(index_html: str) -> str:
    """Only what comes from this server, and the inline scripts and styles of this very page, by hash."""
    hashes: dict[str, list[str]] = {"script": [], "style": []}
    for tag, attributes, text in _INLINE.findall(index_html):
        if text and "src=" not in attributes:
            digest = base64.b64encode(sha256(text.encode()).digest()).decode()
            hashes[tag.lower()].append(f"'sha256-{digest}'")
    return "; ".join(
        (
            "default-src 'none'",
            " ".join(("script-src 'self'", *hashes["script"])),
            " ".join(("style-src 'self'", *hashes["style"])),
            # 'self' covers the WebSocket of the same host in every browser since CSP level 3.
            "connect-src 'self'",
            "img-src 'self' data: blob:",
            "media-src 'self' blob:",
            "font-src 'self'",
            "worker-src 'self'",
            "manifest-src 'self'",
            "base-uri 'none'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        )
    )


SECURITY_HEADERS: Final = {
    "Permissions-Policy": (
        "camera=(self), microphone=(self), display-capture=(self), fullscreen=(self), screen-wake-lock=(self), "
        "speaker-selection=(self), autoplay=(self), geolocation=(), payment=(), usb=()"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
