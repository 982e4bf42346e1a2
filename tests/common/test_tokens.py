"""What is a credential and what is not, and how verifiers learn new keys."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import grpc
import jwt
import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st
from jwt.algorithms import OKPAlgorithm

from services.common import tokens
from services.common.config import ConfigError
from services.common.errors import TokenExpired, Unauthenticated
from services.common.rpc_client import channel
from services.common.tenancy import AccountPrincipal, ParticipantPrincipal, ServicePrincipal
from services.common.tokens import FixedKeys, RemoteKeys, ServiceTokens, TokenVerifier, keys_of
from sipulung.auth.v1 import session_pb2, session_pb2_grpc
from sipulung.common.v1 import common_pb2
from tests.common.serving import MEETING, SECRET, Signer
from tools.instance.ports import free_port

SIGNER = Signer()
VERIFIER = TokenVerifier(FixedKeys({SIGNER.kid: SIGNER.public}))


def claims(**changes: Any) -> dict[str, Any]:
    now = int(time.time())
    whole = {
        "iss": "sipulung",
        "typ": "access",
        "ten": "luwu",
        "sub": "andi",
        "role": 2,
        "name": "Andi",
        "iat": now,
        "exp": now + 60,
        "jti": "x",
    } | changes
    return {key: value for key, value in whole.items() if value is not None}


def test_whose_token_it_is() -> None:
    assert VERIFIER.verify(SIGNER.access()) == AccountPrincipal("luwu", "andi", 2, "Andi")  # type: ignore[arg-type]
    who = VERIFIER.verify(SIGNER.join(common_pb2.MEETING_ROLE_HOST))
    assert isinstance(who, ParticipantPrincipal)
    assert (who.tenant_id, who.meeting_id, who.participant_id, who.role) == ("luwu", MEETING, "budi", 3)


def test_an_expired_one_is_told_apart_from_a_bad_one() -> None:
    with pytest.raises(TokenExpired):
        VERIFIER.verify(SIGNER.sign(claims(exp=int(time.time()) - 10)))
    # Clocks differ a little.
    VERIFIER.verify(SIGNER.sign(claims(exp=int(time.time()) - 2)))


@pytest.mark.parametrize(
    "changes",
    [
        {"typ": "refresh"},
        {"typ": None},
        {"typ": 1},
        {"iss": "somebody-else"},
        {"iss": tokens.SERVICE_ISSUER},
        {"iss": None},
        {"exp": None},
        {"iat": None},
        {"iat": int(time.time()) + 3600},
        {"nbf": int(time.time()) + 3600},
        {"ten": None},
        {"ten": ""},
        {"ten": 7},
        {"sub": None},
        {"sub": ""},
        {"role": None},
        {"role": "host"},
        {"typ": "join"},
        {"typ": "join", "mtg": ""},
    ],
)
def test_claims_that_make_no_credential(changes: dict[str, Any]) -> None:
    with pytest.raises(Unauthenticated):
        VERIFIER.verify(SIGNER.sign(claims(**changes)))


def test_a_token_of_another_key() -> None:
    with pytest.raises(Unauthenticated, match="not known"):
        VERIFIER.verify(SIGNER.sign(claims(), kid="key-2"))
    with pytest.raises(Unauthenticated):
        VERIFIER.verify(Signer().access())


def test_the_algorithm_is_ours_to_choose() -> None:
    # RFC 8725 section 2.1: "none", and the public key as the secret of an HMAC.
    public = SIGNER.public.public_bytes(Encoding.Raw, PublicFormat.Raw)
    forged = [
        jwt.encode(claims(), "", "none", {"kid": SIGNER.kid}),
        jwt.encode(claims(), public, "HS256", {"kid": SIGNER.kid}),
    ]
    for token in forged:
        with pytest.raises(Unauthenticated):
            VERIFIER.verify(token)
        with pytest.raises(Unauthenticated):
            ServiceTokens("roster", SECRET).verify(token)


def test_a_changed_claim_breaks_the_signature() -> None:
    header, body, signature = SIGNER.access().split(".")
    changed = json.loads(base64.urlsafe_b64decode(body + "=="))
    changed["ten"] = "utara"
    forged = base64.urlsafe_b64encode(json.dumps(changed).encode()).rstrip(b"=").decode()
    with pytest.raises(Unauthenticated):
        VERIFIER.verify(f"{header}.{forged}.{signature}")


@given(
    st.one_of(st.text(), st.builds(".".join, st.lists(st.text(st.characters(codec="ascii")), min_size=3, max_size=3)))
)
def test_any_text_is_refused_and_nothing_breaks(token: str) -> None:
    with pytest.raises(Unauthenticated):
        VERIFIER.verify(token)
    with pytest.raises(Unauthenticated):
        ServiceTokens("roster", SECRET).verify(token)
    assert tokens.token_algorithm(token) in ("", "EdDSA", "HS256")


# --- Services among themselves.


def test_services_know_each_other() -> None:
    issued = ServiceTokens("signaling", SECRET).issue()
    assert ServiceTokens("roster", SECRET).verify(issued) == ServicePrincipal("signaling")
    with pytest.raises(Unauthenticated):
        ServiceTokens("roster", b"the secret of another installation!").verify(issued)
    with pytest.raises(Unauthenticated):
        VERIFIER.verify(issued)


def test_a_service_token_is_used_for_half_of_its_life(monkeypatch: pytest.MonkeyPatch) -> None:
    services = ServiceTokens("signaling", SECRET)
    first = services.issue()
    assert services.issue() == first
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 31)
    second = services.issue()
    assert second != first
    # A clock that was set back must not keep an old token in use for ever.
    monkeypatch.setattr(time, "time", lambda: now - 1000)
    assert services.issue() != second


def test_an_old_service_token_has_expired() -> None:
    old = jwt.encode({"iss": tokens.SERVICE_ISSUER, "sub": "a", "iat": 1, "exp": 61}, SECRET, "HS256")
    with pytest.raises(TokenExpired):
        ServiceTokens("roster", SECRET).verify(old)


def test_a_service_token_is_checked_once_and_expires_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    roster, token = ServiceTokens("roster", SECRET), ServiceTokens("signaling", SECRET).issue()
    assert roster.remembered(token) is None
    who = roster.verify(token)
    assert roster.remembered(token) is who
    assert roster.verify(token) is who
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 66)
    for refuse in (roster.remembered, roster.verify):
        with pytest.raises(TokenExpired):
            refuse(token)


def test_a_service_token_that_is_no_good_is_not_remembered() -> None:
    roster = ServiceTokens("roster", SECRET)
    token = ServiceTokens("auth", b"the secret of another installation!").issue()
    for _ in range(2):
        with pytest.raises(Unauthenticated):
            roster.verify(token)
        assert roster.remembered(token) is None


def test_not_more_service_tokens_are_remembered_than_have_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tokens, "_MAX_SERVICES_REMEMBERED", 2)
    roster = ServiceTokens("roster", SECRET)
    shown = [ServiceTokens(name, SECRET).issue() for name in ("auth", "signaling", "media")]
    for token in shown:
        roster.verify(token)
    assert [roster.remembered(token) is not None for token in shown] == [False, True, True]


def test_the_shared_key_has_32_bytes_at_least(tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_bytes(SECRET + b"\n")
    issued = ServiceTokens("signaling", SECRET).issue()
    assert ServiceTokens.from_file("roster", file).verify(issued) == ServicePrincipal("signaling")
    file.write_bytes(b"short")
    with pytest.raises(ConfigError, match="SIPULUNG_SERVICE_KEY_FILE is too short: allowed is a file of at least 32"):
        ServiceTokens.from_file("roster", file)
    with pytest.raises(ConfigError, match=r"SIPULUNG_SERVICE_KEY_FILE .*cannot be read"):
        ServiceTokens.from_file("roster", tmp_path)


# --- JWKS.


def jwks(*signers: Signer) -> str:
    keys = [{**OKPAlgorithm.to_jwk(one.public, as_dict=True), "kid": one.kid} for one in signers]
    return json.dumps({"keys": keys})


class Keys(session_pb2_grpc.KeyServiceServicer):
    """Auth's KeyService, with whatever a test lets it say."""

    def __init__(self) -> None:
        self.jwks = ""
        self.fetches = 0

    async def GetKeys(self, request: Any, context: Any) -> session_pb2.GetKeysResponse:  # noqa: N802
        self.fetches += 1
        return session_pb2.GetKeysResponse(jwks=self.jwks)


@pytest.fixture
async def remote(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[tuple[Keys, RemoteKeys]]:
    """A key service and its client, which may ask again at once."""
    monkeypatch.setattr(tokens, "_UNKNOWN_KID_S", 0.0)
    server = grpc.aio.server()
    keys = Keys()
    session_pb2_grpc.add_KeyServiceServicer_to_server(keys, server)
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    connection = channel(f"127.0.0.1:{port}")
    yield keys, RemoteKeys(connection, ServiceTokens("roster", SECRET))
    await connection.close()
    await server.stop(0)


async def test_a_new_key_is_learned_when_its_first_token_comes(remote: tuple[Keys, RemoteKeys]) -> None:
    service, keys = remote
    first, second = Signer("key-1"), Signer("key-2")
    verifier = TokenVerifier(keys)
    service.jwks = jwks(first)
    assert not keys.ready
    await verifier.verify_fresh(first.access())
    assert keys.ready
    # Rotation: both are told until the old one's last token has expired.
    service.jwks = jwks(first, second)
    with pytest.raises(Unauthenticated):
        verifier.verify(second.access())
    await verifier.verify_fresh(second.access())
    verifier.verify(first.access())
    service.jwks = jwks(second)
    await keys.learn("key-3")
    with pytest.raises(Unauthenticated):
        verifier.verify(first.access())
    assert keys.jwks == jwks(second)


async def test_invented_kids_do_not_flood_auth(
    remote: tuple[Keys, RemoteKeys], monkeypatch: pytest.MonkeyPatch
) -> None:
    service, keys = remote
    service.jwks = jwks(SIGNER)
    verifier = TokenVerifier(keys)
    monkeypatch.setattr(tokens, "_UNKNOWN_KID_S", 60.0)
    for number in range(20):
        with pytest.raises(Unauthenticated):
            await verifier.verify_fresh(Signer(f"invented-{number}").access())
    assert service.fetches == 1


@pytest.mark.parametrize(
    "answer", ["", "no json", "[]", '{"keys": [{}]}', '{"keys": []}', '{"keys": [{"kty": "RSA"}]}']
)
async def test_an_answer_that_is_no_set_changes_nothing(remote: tuple[Keys, RemoteKeys], answer: str) -> None:
    service, keys = remote
    service.jwks = jwks(SIGNER)
    await keys.learn("first")
    service.jwks = answer
    await keys.learn("second")
    assert service.fetches == 2
    assert keys.ready
    TokenVerifier(keys).verify(SIGNER.access())


async def test_the_last_good_set_holds_while_auth_is_down(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tokens, "_UNKNOWN_KID_S", 0.0)
    async with channel(f"127.0.0.1:{free_port()}") as nobody:
        keys = RemoteKeys(nobody, ServiceTokens("roster", SECRET))
        await keys.start()
        await keys.learn("unknown")
        assert not keys.ready
        await keys.close()


def test_other_kinds_of_keys_in_the_set_are_passed_over() -> None:
    whole = json.loads(jwks(SIGNER))
    whole["keys"] += [{"kty": "EC", "crv": "P-256", "kid": "x"}, {"kty": "OKP", "crv": "X25519", "kid": "y"}]
    assert list(keys_of(json.dumps(whole))) == [SIGNER.kid]


async def test_a_good_token_is_remembered_until_it_expires_or_its_key_goes(monkeypatch: pytest.MonkeyPatch) -> None:
    keys = {"key-1": SIGNER.public}
    verifier = TokenVerifier(FixedKeys(keys))
    token = SIGNER.access()
    assert verifier.remembered(token) is None
    who = verifier.verify(token)
    assert verifier.remembered(token) is who
    assert verifier.verify(token) is who
    assert await verifier.verify_fresh(token) is who
    monkeypatch.setattr(time, "time", lambda: 4_000_000_000.0)
    with pytest.raises(TokenExpired):
        verifier.verify(token)
    monkeypatch.undo()
    verifier._keys = FixedKeys({"key-1": Signer().public})
    with pytest.raises(Unauthenticated):
        verifier.verify(token)
    assert verifier.remembered(token) is None


def test_not_more_tokens_are_remembered_than_have_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tokens, "_MAX_REMEMBERED", 2)
    verifier = TokenVerifier(FixedKeys({"key-1": SIGNER.public}))
    first, second, third = (SIGNER.sign(claims(jti=str(number))) for number in range(3))
    for token in (first, second, first, third):
        verifier.verify(token)
    assert [verifier.remembered(token) is not None for token in (first, second, third)] == [True, False, True]
