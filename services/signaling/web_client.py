"""Serves the web client: files of the build, read once, and the index page for its routes."""

from __future__ import annotations

import mimetypes
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Final

from aiohttp import web

from services.signaling.core.page import SECURITY_HEADERS, content_security_policy, is_immutable, is_route

_ENCODINGS: Final = (("br", ".br"), ("gzip", ".gz"))
_NOT_FOUND: Final = "404: there is nothing at this address / tidak ada apa-apa di alamat ini\n"
_TYPES: Final = {".js": "text/javascript", ".webmanifest": "application/manifest+json", ".woff2": "font/woff2"}


@dataclass(frozen=True)
class _File:
    content: bytes
    # By Content-Encoding, smallest first choice.
    encoded: dict[str, bytes]
    headers: dict[str, str]
    etag: str


class WebClient:
    """The whole build in memory: it has a few hundred kilobytes, and no path of a request ever reaches the file
    system."""

    def __init__(self, root: Path) -> None:
        policy = content_security_policy((root / "index.html").read_text())
        self._files: dict[str, _File] = {}
        for path in sorted(root.rglob("*")):
            if path.is_file() and path.suffix not in (".br", ".gz", ".map"):
                name = f"/{path.relative_to(root).as_posix()}"
                self._files[name] = _read(path, name, policy)
        self._index = self._files.pop("/index.html")

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """GET of everything that is neither API nor WebSocket."""
        path = request.path
        file = self._index if is_route(path) else self._files.get(path)
        if file is None:
            headers = {"Cache-Control": "no-store", "Content-Security-Policy": "default-src 'none'"} | SECURITY_HEADERS
            return web.Response(status=404, text=_NOT_FOUND, headers=headers)
        headers = dict(file.headers)
        body = file.content
        etag = file.etag
        accepted = _accepted(request.headers.get("Accept-Encoding", ""))
        for encoding, _ in _ENCODINGS:
            if encoding in accepted and encoding in file.encoded:
                headers["Content-Encoding"] = encoding
                body = file.encoded[encoding]
                etag = f"{etag}-{encoding}"
                break
        headers["ETag"] = f'"{etag}"'
        if f'"{etag}"' in request.headers.get("If-None-Match", ""):
            return web.Response(status=304, headers={k: v for k, v in headers.items() if k != "Content-Type"})
        return web.Response(body=body, headers=headers)


def _read(path: Path, name: str, policy: str) -> _File:
    content = path.read_bytes()
    encoded = {}
    for encoding, suffix in _ENCODINGS:
        sibling = path.with_name(path.name + suffix)
        if sibling.is_file():
            encoded[encoding] = sibling.read_bytes()
    kind = _TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    if kind.startswith("text/"):
        kind += "; charset=utf-8"
    headers = {
        "Content-Type": kind,
        "Cache-Control": "public, max-age=31536000, immutable" if is_immutable(name) else "no-cache",
        "Vary": "Accept-Encoding",
    } | SECURITY_HEADERS
    if path.suffix == ".html":
        headers["Content-Security-Policy"] = policy
    return _File(content, encoded, headers, sha256(content).hexdigest()[:20])


def _accepted(header: str) -> set[str]:
    accepted = set()
    for part in header.split(","):
        name, _, parameters = part.strip().partition(";")
        if parameters.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000"):
            accepted.add(name.strip().lower())
    return accepted
