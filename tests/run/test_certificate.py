"""The local authority and the certificate of this machine."""

from __future__ import annotations

import datetime
import socket
import ssl
import threading
from pathlib import Path

from tools.instance.certificate import make_certificate

NOW = datetime.datetime.now(datetime.UTC)


def test_a_client_that_trusts_the_authority_trusts_every_name(tmp_path: Path) -> None:
    files = make_certificate(tmp_path / "tls", ["192.0.2.7"], NOW)
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(files.chain, files.key)
    client = ssl.create_default_context(cafile=str(files.authority))

    for name in ("localhost", "127.0.0.1", "192.0.2.7"):
        ours, theirs = socket.socketpair()
        thread = threading.Thread(target=lambda end=theirs: server.wrap_socket(end, server_side=True).close())
        thread.start()
        client.wrap_socket(ours, server_hostname=name).close()
        thread.join()


def test_it_is_kept_until_an_address_or_the_date_asks_for_another(tmp_path: Path) -> None:
    files = make_certificate(tmp_path / "tls", ["192.0.2.7"], NOW)
    authority, chain = files.authority.read_text(), files.chain.read_text()

    make_certificate(tmp_path / "tls", ["192.0.2.7"], NOW)
    assert files.chain.read_text() == chain
    make_certificate(tmp_path / "tls", ["192.0.2.8"], NOW)
    renewed = files.chain.read_text()
    assert renewed != chain
    make_certificate(tmp_path / "tls", ["192.0.2.8"], NOW + datetime.timedelta(days=340))
    assert files.chain.read_text() != renewed
    assert files.authority.read_text() == authority


def test_keys_are_for_their_owner_only(tmp_path: Path) -> None:
    files = make_certificate(tmp_path / "tls", [], NOW)

    assert files.key.stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "tls" / "ca.key").stat().st_mode & 0o777 == 0o600
