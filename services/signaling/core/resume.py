"""Resume tokens: what a client shows to continue its session on a new connection, at any replica.

A token is "<tenant>.<meeting>.<participant>.<secret>". The first three only say where the record is; the secret
proves the
right to it, works once, and is the key that the stored join token is encrypted with. What lies in Redis therefore
lets nobody
act as the participant.
"""

from __future__ import annotations

import base64
import hmac
import re
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from services.common.errors import SessionGone
from sipulung.signaling.v1 import record_pb2

SECRET_BYTES: Final = 16
# How long the token before the newest one works: long enough for a client that lost the answer to notice, and to try
# again.
PREVIOUS_VALID_MS: Final = 20_000
_FORM: Final = re.compile(r"([a-z0-9]{1,64})\.([0-9]{10})\.([a-z0-9]{1,64})\.([a-z2-7]{26})")


@dataclass(frozen=True)
class ResumeToken:
    """A parsed token."""

    tenant_id: str
    meeting_id: str
    participant_id: str
    secret: str

    def __str__(self) -> str:
        return f"{self.tenant_id}.{self.meeting_id}.{self.participant_id}.{self.secret}"

    def __repr__(self) -> str:
        return f"ResumeToken({self.tenant_id}.{self.meeting_id}.{self.participant_id}.…)"


def make_token(tenant_id: str, meeting_id: str, participant_id: str, random: bytes) -> ResumeToken:
    """A new token from `random`, SECRET_BYTES bytes of a cryptographic generator."""
    secret = base64.b32encode(random).decode().rstrip("=").lower()
    return ResumeToken(tenant_id, meeting_id, participant_id, secret)


def parse_token(text: str) -> ResumeToken:
    """Raises SessionGone when it was never one of ours: forged and expired look alike."""
    match = _FORM.fullmatch(text)
    if match is None:
        raise SessionGone("no such session")
    return ResumeToken(*match.groups())


def seal(token: ResumeToken, join_token: str) -> record_pb2.ResumeKey:
    """What is stored for `token`."""
    key = _derive(token, b"sipulung join token")
    # A key encrypts one message only, so the nonce need not change.
    sealed = AESGCM(key).encrypt(bytes(12), join_token.encode(), None)
    return record_pb2.ResumeKey(hash=_derive(token, b"sipulung resume token"), sealed_join_token=sealed)


def replace_key(record: record_pb2.SessionRecord, key: record_pb2.ResumeKey, now_ms: int) -> None:
    """Makes `key` the current one; the one before goes on for PREVIOUS_VALID_MS."""
    if record.HasField("current"):
        record.previous.CopyFrom(record.current)
        record.previous.until_ms = now_ms + PREVIOUS_VALID_MS
    record.current.CopyFrom(key)


def unseal(record: record_pb2.SessionRecord, session_id: str, token: ResumeToken, now_ms: int) -> str:
    """The join token of the record's participant. Raises SessionGone unless `token` opens this very session."""
    if record.session_id == session_id:
        hash_of_token = _derive(token, b"sipulung resume token")
        for key in (record.current, record.previous):
            fresh = key.until_ms == 0 or key.until_ms > now_ms
            if fresh and key.hash and hmac.compare_digest(key.hash, hash_of_token):
                try:
                    return (
                        AESGCM(_derive(token, b"sipulung join token"))
                        .decrypt(bytes(12), key.sealed_join_token, None)
                        .decode()
                    )
                except InvalidTag:
                    break
    raise SessionGone("no such session")


def _derive(token: ResumeToken, purpose: bytes) -> bytes:
    """A 256-bit key for one purpose. The secret has 128 random bits, so a plain hash is strong enough."""
    return hmac.digest(token.secret.encode(), purpose, sha256)
