"""A page in plain HTTP that gives phones the certificate of the local authority, and nothing else."""

from __future__ import annotations

import html
import threading
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

CERTIFICATE_PATH = "/sipulung-ca.crt"
SOCKET_TIMEOUT_S = 10


class AuthorityPage:
    """Serves the certificate until `close`."""

    def __init__(self, host: str, port: int, certificate: Path, next_url: str) -> None:
        self._server = ThreadingHTTPServer((host, port), _handler(certificate.read_bytes(), next_url))
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


def _handler(certificate: bytes, next_url: str) -> type[BaseHTTPRequestHandler]:
    link = html.escape(next_url, quote=True)
    page = (
        '<!doctype html><html lang="id"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><title>Sipulung</title>'
        "<style>body{font:18px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:34rem;padding:0 1rem}</style>"
        "<h1>Sipulung</h1><ol>"
        f'<li><a href="{CERTIFICATE_PATH}">Unduh sertifikat</a> / Download the certificate.'
        "<li>Android: Setelan › Keamanan › Enkripsi &amp; kredensial › Instal sertifikat › Sertifikat CA."
        "<li>iPhone: Setelan › Umum › VPN &amp; Manajemen Perangkat, "
        "lalu Umum › Mengenai › Pengaturan Kepercayaan Sertifikat."
        f'<li><a href="{link}">Buka rapat</a> / Open the meeting page.</ol></html>'
    ).encode()

    class Handler(BaseHTTPRequestHandler):
        server_version = "Sipulung"
        sys_version = ""
        timeout = SOCKET_TIMEOUT_S

        def do_GET(self) -> None:
            if self.path == CERTIFICATE_PATH:
                self._answer(HTTPStatus.OK, "application/x-x509-ca-cert", certificate)
            elif self.path == "/":
                self._answer(HTTPStatus.OK, "text/html; charset=utf-8", page)
            else:
                self._answer(HTTPStatus.NOT_FOUND, "text/plain", b"Not found\n")

        def _answer(self, status: HTTPStatus, kind: str, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (the name in the base class)
            """Silent: a visit to this page is no event of the installation."""

    return Handler
