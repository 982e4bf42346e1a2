"""DTLS of a session: aiortc's, as the server, with one certificate per process and the SRTP keys handed out."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, Literal, cast

from aiortc.rtcdtlstransport import (
    SRTP_AEAD_AES_128_GCM,
    SRTP_AEAD_AES_256_GCM,
    SRTP_AES128_CM_SHA1_80,
    RTCCertificate,
    RTCDtlsFingerprint,
    RTCDtlsParameters,
    RTCDtlsTransport,
    SRTPProtectionProfile,
    State,
)
from OpenSSL import SSL

from services.media.core.sdp.offer import Fingerprint
from services.media.transports.ice import DatapathIce

Profile = Literal["AEAD_AES_256_GCM", "AEAD_AES_128_GCM", "AES128_CM_SHA1_80"]
_PROFILES: Final[dict[bytes, tuple[Profile, SRTPProtectionProfile]]] = {
    b"SRTP_AEAD_AES_256_GCM": ("AEAD_AES_256_GCM", SRTP_AEAD_AES_256_GCM),
    b"SRTP_AEAD_AES_128_GCM": ("AEAD_AES_128_GCM", SRTP_AEAD_AES_128_GCM),
    b"SRTP_AES128_CM_SHA1_80": ("AES128_CM_SHA1_80", SRTP_AES128_CM_SHA1_80),
}
# AES-128 costs less than AES-256 for every packet sent; AES-CM for what lacks GCM (RFC 7714, RFC 3711).
_PREFERENCE: Final = [SRTP_AEAD_AES_128_GCM, SRTP_AEAD_AES_256_GCM, SRTP_AES128_CM_SHA1_80]


@dataclass(frozen=True, slots=True)
class SrtpKeys:
    """RFC 5764 §4.2. `local` protects what the node sends."""

    profile: Profile
    local_key: bytes
    local_salt: bytes
    remote_key: bytes
    remote_salt: bytes


class NodeCertificate(RTCCertificate):
    """ECDSA P-256, made once per process. Its TLS context is shared by all sessions."""

    _shared: SSL.Context | None = None

    def _create_ssl_context(self, srtp_profiles: list[SRTPProtectionProfile]) -> SSL.Context:
        if self._shared is None:
            self._shared = super()._create_ssl_context(srtp_profiles)
            # Sessions are never resumed, and a cache would keep each of them in memory.
            self._shared.set_session_cache_mode(SSL.SESS_CACHE_OFF)
        return self._shared

    @property
    def fingerprint(self) -> Fingerprint:
        found = next(f for f in self.getFingerprints() if f.algorithm == "sha-256")
        return Fingerprint(found.algorithm, found.value)


class NodeDtls(RTCDtlsTransport):
    """The DTLS server's end. `on_keys` is called once, before the state becomes connected."""

    def __init__(self, ice: DatapathIce, certificate: NodeCertificate, on_keys: Callable[[SrtpKeys], None]) -> None:
        super().__init__(cast(Any, ice), [certificate])
        self._on_keys = on_keys
        self._srtp_profiles = _PREFERENCE
        self._set_role("server")

    def _setup_srtp(self) -> None:
        """Instead of libsrtp sessions, which nobody would use: the keys for the datapath."""
        ssl = self._ssl
        assert ssl is not None  # start() made it before the handshake.
        known = _PROFILES.get(ssl.get_selected_srtp_profile())
        if known is None:
            self._set_state(State.FAILED)
            return
        name, profile = known
        key, salt = profile.key_length, profile.salt_length
        block = ssl.export_keying_material(b"EXTRACTOR-dtls_srtp", 2 * (key + salt))
        client_key, server_key = block[:key], block[key : 2 * key]
        client_salt, server_salt = block[2 * key : 2 * key + salt], block[2 * key + salt :]
        self._on_keys(SrtpKeys(name, server_key, server_salt, client_key, client_salt))


def remote_parameters(fingerprints: tuple[Fingerprint, ...]) -> RTCDtlsParameters:
    """What the peer's certificate must match."""
    return RTCDtlsParameters([RTCDtlsFingerprint(f.algorithm, f.value) for f in fingerprints], role="client")
