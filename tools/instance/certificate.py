"""TLS for `make run HTTPS=1`: a local certificate authority, kept between runs, and a certificate of this machine.

The authority is kept because people install it on their phones; the certificate is made anew when this machine's
addresses change or its end comes near.
"""

from __future__ import annotations

import datetime
import ipaddress
import socket
from dataclasses import dataclass
from pathlib import Path

import trustme
from cryptography import x509

from tools.instance.files import write_private

# Apple's and Google's limit for certificates is 398 days.
LIFETIME = datetime.timedelta(days=365)
RENEW_BEFORE_END = datetime.timedelta(days=30)


@dataclass(frozen=True)
class Certificate:
    """Files in PEM: the authority to install on other machines, and what the web server uses."""

    authority: Path
    chain: Path
    key: Path


def make_certificate(folder: Path, addresses: list[str], now: datetime.datetime) -> Certificate:
    """A certificate for localhost and `addresses`, from the authority in `folder`; made if missing or outdated."""
    folder.mkdir(mode=0o700, exist_ok=True)
    files = Certificate(authority=folder / "ca.crt", chain=folder / "server.crt", key=folder / "server.key")
    authority = _authority(folder, files.authority, now)
    names = [*dict.fromkeys(["localhost", "127.0.0.1", "::1", socket.gethostname(), *addresses])]
    if not _still_good(files.chain, names, now):
        leaf = authority.issue_cert(*names, not_before=now - datetime.timedelta(days=1), not_after=now + LIFETIME)
        write_private(files.key, leaf.private_key_pem.bytes().decode())
        write_private(files.chain, "".join(blob.bytes().decode() for blob in leaf.cert_chain_pems))
    return files


def _authority(folder: Path, certificate: Path, now: datetime.datetime) -> trustme.CA:
    key = folder / "ca.key"
    if certificate.exists() and key.exists():
        return trustme.CA.from_pem(certificate.read_bytes(), key.read_bytes())
    authority = trustme.CA(
        organization_name="Sipulung",
        organization_unit_name=f"Local authority of {socket.gethostname()}",
    )
    write_private(key, authority.private_key_pem.bytes().decode())
    write_private(certificate, authority.cert_pem.bytes().decode())
    # Certificates of an earlier authority are worth nothing now.
    (folder / "server.crt").unlink(missing_ok=True)
    return authority


def _still_good(chain: Path, names: list[str], now: datetime.datetime) -> bool:
    if not chain.exists():
        return False
    certificate = x509.load_pem_x509_certificate(chain.read_bytes())
    if certificate.not_valid_after_utc - now < RENEW_BEFORE_END:
        return False
    alternatives = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    covered: set[str] = set(alternatives.get_values_for_type(x509.DNSName))
    covered |= {str(address) for address in alternatives.get_values_for_type(x509.IPAddress)}
    return {_normal(name) for name in names} <= covered


def _normal(name: str) -> str:
    try:
        return str(ipaddress.ip_address(name))
    except ValueError:
        return name
