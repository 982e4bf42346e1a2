"""The credentials that travel between parts.

Access and join tokens are JWTs (RFC 7519) signed with Ed25519 (RFC 8037) by auth, verified offline by everybody against
the JWKS (RFC 7517). Claims: iss "sipulung", typ "access" | "join", ten (tenant), sub (account or participant id), role
(number of AccountRole or MeetingRole), name, mtg (meeting, join only), acc (account of a participant), dev (device),
unit (of the account), since (when the account was made, join only), iat, exp, jti. Services show each other HS256
tokens of a shared secret.
"""

import asyncio
import json
import logging
import time
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Protocol

import grpc
import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from services.common.config import ConfigError
from services.common.errors import DomainError, TokenExpired, Unauthenticated
from services.common.ids import AccountId, MeetingId, ParticipantId, TenantId, new_id
from services.common.rpc_client import call
from services.common.tenancy import AccountPrincipal, ParticipantPrincipal, ServicePrincipal
from sipulung.auth.v1 import session_pb2, session_pb2_grpc

ISSUER: Final = "sipulung"
SERVICE_ISSUER: Final = "sipulung-service"
# Clocks of machines that run NTP agree much better than this.
_LEEWAY_S: Final = 5
_SERVICE_TOKEN_S: Final = 60
_SERVICE_TOKEN_REUSE_S: Final = 30
_REFETCH_S: Final = 300.0
# An attacker can send tokens with any kid; they cause no more than this many fetches.
_UNKNOWN_KID_S: Final = 2.0

# So many people as do something every few seconds on one replica.
_MAX_REMEMBERED: Final = 4096
# Each replica of each service shows one at a time, and a new one every 30 s.
_MAX_SERVICES_REMEMBERED: Final = 256

_log = logging.getLogger(__name__)


class KeySource(Protocol):
    """Where public keys come from."""

    def find(self, kid: str) -> Ed25519PublicKey | None:
        """The key of that id, as far as it is known now."""

    async def learn(self, kid: str) -> None:
        """Try to get to know an id that `find` does not know. Never raises."""


class FixedKeys:
    """Keys that are known from the start: auth's own, and those of tests."""

    def __init__(self, keys: Mapping[str, Ed25519PublicKey]) -> None:
        self._keys = dict(keys)

    def find(self, kid: str) -> Ed25519PublicKey | None:
        """The key of that id."""
        return self._keys.get(kid)

    async def learn(self, kid: str) -> None:
        """There is nowhere to ask."""


@dataclass(frozen=True, slots=True)
class _Verified:
    """A token that was found good, under the key that it was signed with."""

    kid: str
    key: Ed25519PublicKey
    expires_s: int
    principal: AccountPrincipal | ParticipantPrincipal


class TokenVerifier:
    """Verifies access and join tokens. A signature is checked once: whoever calls often shows the same token again."""

    def __init__(self, keys: KeySource) -> None:
        self._keys = keys
        self._good: OrderedDict[str, _Verified] = OrderedDict()

    def remembered(self, token: str) -> AccountPrincipal | ParticipantPrincipal | None:
        """Who holds a token that was verified before, as long as its key stands; else None. Raises TokenExpired."""
        good = self._good.get(token)
        if good is None:
            return None
        if self._keys.find(good.kid) is not good.key:
            del self._good[token]
            return None
        if good.expires_s <= time.time() - _LEEWAY_S:
            raise TokenExpired()
        self._good.move_to_end(token)
        return good.principal

    def verify(self, token: str) -> AccountPrincipal | ParticipantPrincipal:
        """Who holds the token. Raises Unauthenticated or TokenExpired. Knows only keys that were fetched already."""
        return self.remembered(token) or self._verified(token, _header(token, "EdDSA"))

    async def verify_fresh(self, token: str) -> AccountPrincipal | ParticipantPrincipal:
        """The same, but fetches the keys first when the token names one that is not known yet."""
        known = self.remembered(token)
        if known is not None:
            return known
        kid = _header(token, "EdDSA")
        if self._keys.find(kid) is None:
            await self._keys.learn(kid)
        return self._verified(token, kid)

    def _verified(self, token: str, kid: str) -> AccountPrincipal | ParticipantPrincipal:
        key = self._keys.find(kid)
        if key is None:
            raise Unauthenticated("the token's key is not known")
        claims = _claims(token, key, "EdDSA", ISSUER)
        principal = _principal_of(claims)
        self._good[token] = _Verified(kid, key, int(claims["exp"]), principal)
        if len(self._good) > _MAX_REMEMBERED:
            self._good.popitem(last=False)
        return principal


class ServiceTokens:
    """Issues and verifies what one service shows another. `secret` is the same in all of them, at least 32 bytes.

    As with people's tokens, each is checked once: services show the same one with every call for half a minute.
    """

    def __init__(self, service: str, secret: bytes) -> None:
        if len(secret) < 32:
            # RFC 7518 section 3.2: a key at least as long as the hash output.
            raise ConfigError("SIPULUNG_SERVICE_KEY_FILE is too short: allowed is a file of at least 32 bytes")
        self._service = service
        self._secret = secret
        self._token = ""
        self._issued_at = float("-inf")
        self._good: OrderedDict[str, tuple[int, ServicePrincipal]] = OrderedDict()

    @classmethod
    def from_file(cls, service: str, path: Path) -> "ServiceTokens":
        """Read the secret. Raises ConfigError."""
        try:
            return cls(service, path.read_bytes().strip())
        except OSError as error:
            raise ConfigError(
                f"SIPULUNG_SERVICE_KEY_FILE is {str(path)!r}: cannot be read ({error.strerror})"
            ) from None

    def issue(self) -> str:
        """A token that is good for 30 s at least."""
        now = time.time()
        if not 0 <= now - self._issued_at < _SERVICE_TOKEN_REUSE_S:
            claims = {"iss": SERVICE_ISSUER, "sub": self._service, "iat": int(now), "exp": int(now) + _SERVICE_TOKEN_S}
            self._token = jwt.encode(claims, self._secret, "HS256", {"kid": "service"})
            self._issued_at = now
        return self._token

    def remembered(self, token: str) -> ServicePrincipal | None:
        """Which service holds a token that was verified before; else None. Raises TokenExpired."""
        good = self._good.get(token)
        if good is None:
            return None
        expires_s, service = good
        if expires_s <= time.time() - _LEEWAY_S:
            raise TokenExpired()
        return service

    def verify(self, token: str) -> ServicePrincipal:
        """Which service holds the token. Raises Unauthenticated or TokenExpired."""
        known = self.remembered(token)
        if known is not None:
            return known
        claims = _claims(token, self._secret, "HS256", SERVICE_ISSUER)
        service = ServicePrincipal(_text(claims, "sub"))
        self._good[token] = int(claims["exp"]), service
        if len(self._good) > _MAX_SERVICES_REMEMBERED:
            self._good.popitem(last=False)
        return service


class RemoteKeys:
    """Auth's JWKS, cached. Keeps the last good set while auth is down; refetches every 5 min and on an unknown kid."""

    def __init__(self, channel: grpc.aio.Channel, service_tokens: ServiceTokens) -> None:
        self._stub = session_pb2_grpc.KeyServiceStub(channel)
        self._service_tokens = service_tokens
        self._keys: dict[str, Ed25519PublicKey] = {}
        self._jwks = ""
        self._fetched_at = float("-inf")
        self._fetching = asyncio.Lock()
        self._task: asyncio.Task[None] | None = None

    @property
    def ready(self) -> bool:
        """Whether a set was fetched at least once: a readiness check of every service that verifies tokens."""
        return bool(self._keys)

    @property
    def jwks(self) -> str:
        """The last good set as JSON, for /.well-known/jwks.json; "" before the first."""
        return self._jwks

    async def start(self) -> None:
        """Begin to fetch, in the background: starting does not depend on auth."""
        self._task = asyncio.create_task(self._refetch(), name="jwks")

    async def close(self) -> None:
        """End the background task."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def find(self, kid: str) -> Ed25519PublicKey | None:
        """The key of that id, as far as it is known now."""
        return self._keys.get(kid)

    async def learn(self, kid: str) -> None:
        """Fetch now for an unknown id, unless that was done just before. Raises nothing: `find` tells."""
        async with self._fetching:
            if kid in self._keys or time.monotonic() - self._fetched_at < _UNKNOWN_KID_S:
                return
            await self._fetch()

    async def _refetch(self) -> None:
        while True:
            async with self._fetching:
                fetched = await self._fetch()
            # Until the first set is here, nothing can be verified: ask again soon.
            await asyncio.sleep(_REFETCH_S if fetched else 0.5 if not self._keys else 10.0)

    async def _fetch(self) -> bool:
        self._fetched_at = time.monotonic()
        try:
            response = await call(
                self._stub.GetKeys, session_pb2.GetKeysRequest(), timeout_s=2.0, token=self._service_tokens.issue()
            )
            keys = keys_of(response.jwks)
        except (DomainError, ValueError, KeyError, TypeError) as error:
            _log.warning("cannot fetch the JWKS", extra={"error": str(error), "known_keys": len(self._keys)})
            return False
        if not keys:
            _log.warning("the JWKS is empty; keeping the last one", extra={"known_keys": len(self._keys)})
            return False
        self._keys, self._jwks = keys, response.jwks
        return True


def keys_of(jwks: str) -> dict[str, Ed25519PublicKey]:
    """The Ed25519 keys of a JWK Set by kid; others are passed over. Raises ValueError, KeyError or TypeError."""
    keys: dict[str, Ed25519PublicKey] = {}
    for entry in json.loads(jwks)["keys"]:
        if entry.get("kty") == "OKP" and entry.get("crv") == "Ed25519":
            key = jwt.PyJWK(entry, "EdDSA").key
            if isinstance(key, Ed25519PublicKey):
                keys[str(entry["kid"])] = key
    return keys


def token_algorithm(token: str) -> str:
    """The algorithm that a token names, to pick its verifier; each verifier accepts its own only. "" if malformed."""
    try:
        return str(jwt.get_unverified_header(token).get("alg", ""))
    except jwt.InvalidTokenError:
        return ""


def account_claims(who: AccountPrincipal, now: int, seconds: int) -> dict[str, Any]:
    """The claims of an access token. `now` is Unix time in seconds."""
    return {
        "iss": ISSUER,
        "typ": "access",
        "ten": who.tenant_id,
        "sub": who.account_id,
        "role": who.role,
        "name": who.name,
        "unit": who.unit_id,
        "iat": now,
        "exp": now + seconds,
        "jti": new_id(),
    }


def participant_claims(who: ParticipantPrincipal, now: int, seconds: int) -> dict[str, Any]:
    """The claims of a join token. `now` is Unix time in seconds."""
    return {
        "iss": ISSUER,
        "typ": "join",
        "ten": who.tenant_id,
        "sub": who.participant_id,
        "role": who.role,
        "name": who.name,
        "mtg": who.meeting_id,
        "acc": who.account_id,
        "dev": who.device,
        "unit": who.unit_id,
        "since": who.account_since_s,
        "iat": now,
        "exp": now + seconds,
        "jti": new_id(),
    }


def _header(token: str, algorithm: str) -> str:
    """The kid. Raises Unauthenticated."""
    try:
        header = jwt.get_unverified_header(token)
    except jwt.InvalidTokenError:
        raise Unauthenticated("the token is malformed") from None
    if header.get("alg") != algorithm:
        raise Unauthenticated("the token's algorithm is not accepted")
    return str(header.get("kid", ""))


def _claims(token: str, key: Ed25519PublicKey | bytes, algorithm: str, issuer: str) -> dict[str, Any]:
    try:
        return jwt.decode(
            token,
            key,
            algorithms=[algorithm],
            issuer=issuer,
            leeway=_LEEWAY_S,
            options={"require": ["iss", "sub", "iat", "exp"]},
        )
    except jwt.ExpiredSignatureError:
        raise TokenExpired() from None
    except jwt.InvalidTokenError as error:
        raise Unauthenticated(f"the token is no good: {type(error).__name__}") from None


def _principal_of(claims: Mapping[str, Any]) -> AccountPrincipal | ParticipantPrincipal:
    kind = claims.get("typ")
    role = claims.get("role")
    if not isinstance(role, int):
        raise Unauthenticated("the token has no role")
    if kind == "access":
        return AccountPrincipal(
            TenantId(_text(claims, "ten")),
            AccountId(_text(claims, "sub")),
            role,
            str(claims.get("name", "")),
            str(claims.get("unit", "")),
        )
    if kind == "join":
        return ParticipantPrincipal(
            TenantId(_text(claims, "ten")),
            MeetingId(_text(claims, "mtg")),
            ParticipantId(_text(claims, "sub")),
            role,
            str(claims.get("name", "")),
            AccountId(str(claims.get("acc", ""))),
            str(claims.get("dev", "")),
            str(claims.get("unit", "")),
            since if isinstance(since := claims.get("since", 0), int) else 0,
        )
    raise Unauthenticated("the token is of no known type")


def _text(claims: Mapping[str, Any], name: str) -> str:
    value = claims.get(name)
    if not isinstance(value, str) or not value:
        raise Unauthenticated(f"the token has no {name}")
    return value
